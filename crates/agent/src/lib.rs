//! The program on a patched host: observes, carries signed orders out, remembers over power loss what it did.
