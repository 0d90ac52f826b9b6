#!/bin/bash
# Makes a signed apt repository with three packages of the invented hospital, each in version 1.0 and 2.0:
#   ward-fonts     an upgrade that needs no restart
#   alarm-relay    its running daemon keeps the old program until the service restarts; /run/alarm-relay.version says
#                  which version *runs*
#   station-base   needs a restart of the host, and that restart arms a SECOND one, once /etc/station-base.hold is gone:
#                  a check that looks once right after the boot is fooled
#
# usage: packages.sh WORK      makes WORK/repository and WORK/repository/key.asc
# shellcheck source=tests/vm/rig/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

[ $# -eq 1 ] || { sed -n '/^# usage/s/^# //p' "$0" >&2; exit 2; }
work=$(mkdir -p "$1" && cd "$1" && pwd)
repository=$work/repository home=$work/repository-key signer=rig@example.invalid
build=$(mktemp -d "$work/packages.XXXXXX")
chmod 755 "$build"
trap 'rm -rf "$build"' EXIT
mkdir -p "$repository" "$home"
chmod 700 "$home"
rm -f "$repository"/*.deb

control() { # PACKAGE VERSION DESCRIPTION
  mkdir -p "$build/$1/DEBIAN"
  printf 'Package: %s\nVersion: %s\nArchitecture: amd64\nSection: misc\nPriority: optional\nMaintainer: Rig <%s>\nDescription: %s\n' \
    "$1" "$2" "$signer" "$3" >"$build/$1/DEBIAN/control"
}
pack() {
  dpkg-deb -Zgzip --root-owner-group -b "$build/$1" "$repository" >/dev/null
  rm -rf "${build:?}/$1"
}

ward_fonts() { # VERSION
  control ward-fonts "$1" "an upgrade that needs no restart"
  mkdir -p "$build/ward-fonts/usr/share/ward-fonts"
  echo "$1" >"$build/ward-fonts/usr/share/ward-fonts/version"
  pack ward-fonts
}

alarm_relay() { # VERSION. A real program, so that needrestart sees a process whose file was replaced.
  local root=$build/alarm-relay
  control alarm-relay "$1" "an upgrade that needs a restart of its service"
  mkdir -p "$root/usr/sbin" "$root/lib/systemd/system"
  gcc -O1 -static -s -x c - -o "$root/usr/sbin/alarm-relayd" <<C
#include <stdio.h>
#include <unistd.h>
int main(void) {
  FILE *file = fopen("/run/alarm-relay.version", "w");
  if (!file) return 1;
  fputs("$1\n", file);
  fclose(file);
  for (;;) pause();
}
C
  printf '[Unit]\nDescription=alarm relay\n[Service]\nExecStart=/usr/sbin/alarm-relayd\n[Install]\nWantedBy=multi-user.target\n' \
    >"$root/lib/systemd/system/alarm-relay.service"
  cat >"$root/DEBIAN/postinst" <<'P'
#!/bin/sh
set -e
if [ -z "$2" ]; then systemctl daemon-reload; systemctl enable -q --now alarm-relay.service; fi
P
  cat >"$root/DEBIAN/prerm" <<'P'
#!/bin/sh
set -e
[ "$1" != remove ] || systemctl disable -q --now alarm-relay.service
P
  chmod 755 "$root"/DEBIAN/p*
  pack alarm-relay
}

station_base() { # VERSION
  local root=$build/station-base
  control station-base "$1" "green tonight, red tomorrow morning"
  mkdir -p "$root/usr/lib/station-base" "$root/lib/systemd/system"
  cat >"$root/usr/lib/station-base/boot" <<'B'
#!/bin/sh
# Stage 1 (written by the upgrade): this boot arms a second restart. Stage 2: that restart leaves the host clean.
set -e
stage=/var/lib/station-base/stage
case $(cat $stage 2>/dev/null) in
  1) while [ -e /etc/station-base.hold ]; do sleep 1; done
     echo 2 >$stage
     touch /run/reboot-required
     echo station-base >>/run/reboot-required.pkgs ;;
  2) echo done >$stage ;;
esac
B
  # Type=exec: the boot counts as finished while the work goes on, so a check right after it sees green.
  printf '[Unit]\nDescription=second stage of the upgrade\n[Service]\nType=exec\nExecStart=/usr/lib/station-base/boot\n[Install]\nWantedBy=multi-user.target\n' \
    >"$root/lib/systemd/system/station-base.service"
  cat >"$root/DEBIAN/postinst" <<'P'
#!/bin/sh
set -e
mkdir -p /var/lib/station-base
if [ -n "$2" ]; then
  echo 1 >/var/lib/station-base/stage
  touch /run/reboot-required
  echo station-base >>/run/reboot-required.pkgs
else
  systemctl daemon-reload
  systemctl enable -q station-base.service
fi
P
  chmod 755 "$root"/DEBIAN/postinst "$root/usr/lib/station-base/boot"
  pack station-base
}

for version in 1.0 2.0; do
  ward_fonts $version
  alarm_relay $version
  station_base $version
done
if ! gpg --homedir "$home" --list-secret-keys "$signer" >/dev/null 2>&1; then
  gpg --homedir "$home" --batch --quiet --passphrase '' --quick-gen-key "Rig <$signer>" ed25519 sign 1y 2>/dev/null
fi
gpg --homedir "$home" --batch --yes --armor --export "$signer" >"$repository/key.asc"
cd "$repository"
dpkg-scanpackages --multiversion . 2>/dev/null >Packages
gzip -kf9 Packages
rm -f Release InRelease
apt-ftparchive -o APT::FTPArchive::Release::Origin=Rig -o APT::FTPArchive::Release::Suite=rig \
  -o APT::FTPArchive::Release::Codename=rig release . >"$build/Release"
mv "$build/Release" Release
gpg --homedir "$home" --batch --yes --clearsign --digest-algo SHA512 -o InRelease Release
gpgconf --homedir "$home" --kill gpg-agent || true
say "repository: $(find . -name '*.deb' | wc -l) packages"
