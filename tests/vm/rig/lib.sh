# shellcheck shell=bash
# What the rig's scripts share: sourced, not run. Needs bash and Debian 12, as root.
set -euo pipefail

die() { echo "error: $*" >&2; exit 1; }
say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*" >&2; }

# The Debian archive that this machine's own apt configuration uses; no file of the project names one.
debian_mirror() {
  local code
  # shellcheck source=/dev/null
  code=$(. /etc/os-release && echo "$VERSION_CODENAME")
  # The fields in $( ) are apt's, not the shell's.
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Identifier: Packages' |
    awk -v code="$code" '$1 == code && $2 == "main" { print $3; exit }' | grep . ||
    die "apt's configuration names no Debian archive"
}
