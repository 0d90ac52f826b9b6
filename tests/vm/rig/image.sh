#!/bin/bash
# Builds a bootable Debian 12 image. The bare system is made once and kept in WORK/cache; files and units are put on top
# of a copy of it, so that another image takes seconds.
#
# usage: image.sh WORK NAME [--copy SRC:DST[:MODE]]... [--enable UNIT]...
#   makes WORK/images/NAME/{root.raw,vmlinuz,initrd}
#   --copy     put a file of this machine at DST in the image (mode 0644 unless said)
#   --enable   enable a systemd unit of the image
# shellcheck source=tests/vm/rig/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

[ $# -ge 2 ] || { sed -n '/^# usage/,/^# shellcheck/{/shellcheck/d;s/^# //p}' "$0" >&2; exit 2; }
work=$(mkdir -p "$1" && cd "$1" && pwd) name=$2
shift 2
copies=() units=()
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || die "$1 needs a value"
  case $1 in
    --copy) copies+=("$2") ;;
    --enable) units+=("$2") ;;
    *) die "there is no option $1" ;;
  esac
  shift 2
done

suite=bookworm size_mib=1024
packages=(systemd-sysv udev dbus iproute2 needrestart qemu-guest-agent linux-image-cloud-amd64 initramfs-tools lz4)
# Drivers and file systems that the machine really uses, by their path below the kernel's folder; all others are left out.
drivers='^(crypto|lib|arch/x86/crypto|fs/(ext4|jbd2|autofs|fuse|overlayfs|mbcache)|net/(core|ipv4|ipv6|netfilter)|drivers/(virtio|firmware|char/hw_random|block/(virtio_blk|loop)|char/virtio_console|net/(virtio_net|net_failover)))|virtio|mbcache'
# Units that do nothing for an honest Debian host with an agent, and cost seconds at each emulated boot.
masked=(apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
  systemd-pstore.service systemd-timesyncd.service systemd-binfmt.service systemd-ask-password-console.path
  systemd-ask-password-wall.path getty@tty1.service serial-getty@ttyS0.service getty-static.service
  systemd-hwdb-update.service systemd-update-done.service systemd-sysusers.service systemd-update-utmp.service
  systemd-update-utmp-runlevel.service systemd-rfkill.service systemd-rfkill.socket ldconfig.service
  dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount
  sys-fs-fuse-connections.mount proc-sys-fs-binfmt_misc.automount modprobe@configfs.service modprobe@drm.service
  modprobe@dm_mod.service modprobe@loop.service modprobe@fuse.service modprobe@efi_pstore.service)

key=$(printf '%s\n' "$suite" "${packages[@]}" "$drivers" "${masked[@]}" \
  "$(sed -n '/^bare_system()/,/^}/p;/^network_unit()/,/^}/p' "$0")" | sha256sum | cut -c1-12)
cache=$work/cache/$suite-$key
stage=
trap '[ -z "$stage" ] || rm -rf "$stage"' EXIT

network_unit() { # Addresses on QEMU's user network are fixed: no DHCP client is needed. 10.0.2.2 is the machine's loopback.
  cat <<'N'
[Unit]
Description=static address on the emulated network
DefaultDependencies=no
After=systemd-udev-trigger.service
Before=network.target network-online.target
Wants=network.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'i=0; until [ -e /sys/class/net/eth0 ]; do i=$$((i+1)); [ $$i -lt 600 ] || exit 1; sleep 0.1; done; ip link set lo up; ip link set eth0 up; ip addr replace 10.0.2.15/24 dev eth0; ip route replace default via 10.0.2.2'
[Install]
WantedBy=multi-user.target network-online.target
N
}

bare_system() { # FOLDER. Everything here is part of the cache's key.
  local root=$1 log=$1.log modules unit
  debootstrap --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" "$suite" "$root" "$(debian_mirror)" >"$log" 2>&1 ||
    { tail -n 5 "$log" >&2; die "debootstrap failed (see $log)"; }
  umount "$root/proc" "$root/sys" 2>/dev/null || true
  # A small initrd saves several seconds at every boot under emulation.
  printf '%s\n' virtio_pci virtio_blk virtio_net virtio_console ext4 crc32c_generic >>"$root/etc/initramfs-tools/modules"
  printf '%s\n' MODULES=list BUSYBOX=n COMPRESS=lz4 FSTYPE=ext4 >"$root/etc/initramfs-tools/conf.d/rig"
  chroot "$root" update-initramfs -u >>"$log" 2>&1
  modules=$(echo "$root"/lib/modules/*)
  find "$modules/kernel" -name '*.ko' -printf '%P\n' | grep -vE "$drivers" | sed "s|^|$modules/kernel/|" | xargs rm -f
  chroot "$root" depmod "$(basename "$modules")"
  rm -rf "$root"/usr/share/{doc,man,info,locale,lintian,bug,i18n} "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* \
    "$root"/var/log/*.log "$root"/debootstrap "$root"/usr/lib/udev/hwdb.d
  rm -f "$root"/boot/System.map-* "$root"/usr/lib/udev/hwdb.bin "$root"/etc/udev/hwdb.bin
  mkdir -p "$root"/etc/systemd/{system,journald.conf.d,system.conf.d} "$root"/etc/systemd/system/multi-user.target.wants
  for unit in "${masked[@]}"; do ln -sf /dev/null "$root/etc/systemd/system/$unit"; done
  touch "$root/etc/.updated" "$root/var/.updated"
  : >"$root/etc/fstab"
  : >"$root/etc/machine-id"
  : >"$root/etc/apt/sources.list"
  rm -f "$root/var/lib/dbus/machine-id" "$root/etc/resolv.conf"
  printf '127.0.0.1 localhost\n10.0.2.2 segue\n' >"$root/etc/hosts"
  printf '[Journal]\nStorage=persistent\nSystemMaxUse=16M\nForwardToConsole=no\n' >"$root/etc/systemd/journald.conf.d/rig.conf"
  printf '[Manager]\nDefaultTimeoutStartSec=300\nDefaultTimeoutStopSec=60\nShowStatus=no\n' >"$root/etc/systemd/system.conf.d/rig.conf"
  network_unit >"$root/etc/systemd/system/rig-net.service"
  chroot "$root" systemctl enable rig-net.service >>"$log" 2>&1
  ln -sf /lib/systemd/system/qemu-guest-agent.service "$root/etc/systemd/system/multi-user.target.wants/"
}

if [ ! -e "$cache/done" ]; then
  say "making the bare system (once): $cache"
  rm -rf "$cache"
  mkdir -p "$cache/rootfs"
  bare_system "$cache/rootfs"
  touch "$cache/done"
fi

out=$work/images/$name
mkdir -p "$out"
stage=$(mktemp -d "$work/stage.XXXXXX")
chmod 755 "$stage"
cp -a "$cache/rootfs/." "$stage/"
for copy in ${copies[@]+"${copies[@]}"}; do
  IFS=: read -r src dst mode <<<"$copy"
  if [ ! -f "$src" ] || [ -z "$dst" ]; then die "--copy $copy: no such file, or no destination"; fi
  install -D -m "${mode:-0644}" "$src" "$stage$dst"
done
for unit in ${units[@]+"${units[@]}"}; do chroot "$stage" systemctl enable "$unit" >&2; done
cp -L "$stage"/boot/vmlinuz-* "$out/vmlinuz"
cp -L "$stage"/boot/initrd.img-* "$out/initrd"
rm -f "$out/root.raw"
mkfs.ext4 -q -F -O ^metadata_csum -E lazy_itable_init=1,lazy_journal_init=1 -L root -d "$stage" "$out/root.raw" "${size_mib}M" >/dev/null
say "image $name: $(du -sh --apparent-size "$stage" | cut -f1) of files, $(du -h "$out/root.raw" | cut -f1) on disk"
