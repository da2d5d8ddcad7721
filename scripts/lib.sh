# Shared by scripts/run, scripts/test and scripts/dev: says what happens and how long it took, installs what is missing,
# builds the web pages only when they changed. Sourced, never run.
# shellcheck shell=bash

set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# Where cargo builds; the scripts that source this use it.
export target="${CARGO_TARGET_DIR:-$root/target}"
cd "$root"

if [ -t 1 ] && [ -z "${CI:-}" ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' red='' plain=''
  export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-never}" CARGO_TERM_PROGRESS_WHEN="${CARGO_TERM_PROGRESS_WHEN:-never}"
fi

say() { printf '%s\n' "${bold}$*${plain}"; }
die() {
  printf '%s\n' "${red}$*${plain}" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Seconds as people say them.
lasted() {
  local s=$1
  if ((s < 60)); then echo "${s} s"; else echo "$((s / 60)) min $((s % 60)) s"; fi
}

# timed "what" command…: says it, does it, says how long it took.
timed() {
  local what=$1 start=$SECONDS
  shift
  say "· $what"
  "$@"
  say "  $(lasted $((SECONDS - start)))"
}

# at_least 20.19 20.20.2: whether the second version reaches the first.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# ensure command package…: installs Debian packages when the command is missing.
ensure() {
  local command=$1
  shift
  have "$command" && return
  install_packages "$command" "$@"
}

# ensure_packages package…: installs Debian packages that are missing, where no one command tells.
ensure_packages() {
  local package missing=()
  for package in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
      missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] || install_packages "${missing[0]}" "${missing[@]}"
}

# install_packages what package…: what is said to be missing, and the packages that bring it.
apt_ready=''
install_packages() {
  local command=$1
  shift
  have apt-get || die "$command is missing: install it with your system's package manager, then run this again."
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    have sudo || die "$command is missing and this user may not install it: as root, run  apt-get install $*"
    as_root=(sudo)
  fi
  say "· $command is missing: installing $* (apt)"
  if [ -z "$apt_ready" ]; then
    "${as_root[@]}" apt-get update -qq || die "apt-get update failed: $command could not be installed."
    apt_ready=yes
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null ||
    die "apt-get install $* failed: $command could not be installed."
}

need_rust() {
  local wanted
  have cargo || die "Rust is missing: install it from https://rustup.rs and run this again."
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
  at_least "$wanted" "$(rustc --version | cut -d' ' -f2)" ||
    die "Rust $wanted or newer is needed, this is $(rustc --version | cut -d' ' -f2): run  rustup update"
  # The C parts (cryptography, SQLite) are compiled from source.
  ensure cc gcc libc6-dev
}

need_node() {
  have node || die "Node is missing: install Node 20.19 or newer (https://nodejs.org) and run this again."
  at_least 20.19 "$(node --version | tr -d v)" || die "Node 20.19 or newer is needed, this is $(node --version)."
  have npm || die "npm is missing: install it (on Debian:  apt-get install npm) and run this again."
}

# npm_packages folder: installs what the lock file says, unless that is what is there.
npm_packages() {
  local folder=$1 lock stamp="$1/node_modules/.installed"
  lock=$(sha256sum "$folder/package-lock.json" | cut -d' ' -f1)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$lock" ]; then return; fi
  rm -rf "$folder/node_modules"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error)
  echo "$lock" >"$stamp"
}

# A fingerprint of everything the pages are built from.
web_sources() {
  find web -type d \( -name node_modules -o -name dist -o -name generated \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# Builds web/dist, unless nothing changed since it was built.
web_pages() {
  local stamp=web/node_modules/.built sources
  sources=$(web_sources)
  if [ -f web/dist/index.html ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sources" ]; then return; fi
  (cd web && npm run --silent build -- --logLevel warn)
  echo "$sources" >"$stamp"
}
