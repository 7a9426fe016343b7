# Set-up shared by ./demo and ./test; sourced with the repository as current folder.
# Installs what is missing from Debian, builds in Release, and leaves logs under artifacts/log.

log_dir=artifacts/log
guest=artifacts/publish/queuescaler/release_linux-x64/queuescaler
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '%s\n' "$*" >&2; }

die() {
	say "$0: $*"
	exit 2
}

need_dotnet() {
	local have
	have=$(dotnet --list-sdks 2>/dev/null | grep -Eo '^[0-9]+' | sort -n | tail -n 1)
	[ "${have:-0}" -ge 10 ] || die "a .NET 10 SDK is needed${have:+ (found only version $have)}. On Debian 12:
  wget https://packages.microsoft.com/config/debian/12/packages-microsoft-prod.deb
  sudo dpkg -i packages-microsoft-prod.deb && sudo apt-get update && sudo apt-get install -y dotnet-sdk-10.0
or without root: https://dot.net/v1/dotnet-install.sh --channel 10.0"
}

# as_root COMMAND...: fails where neither root nor sudo is to be had.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# need_packages PACKAGE...: those that dpkg does not know as installed are installed.
need_packages() {
	local missing=() package
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || die "these Debian packages are missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}"
	fi
	say "installing ${missing[*]}"
	mkdir -p "$log_dir"
	{
		as_root apt-get update &&
			as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
	} >"$log_dir/apt.log" 2>&1 || {
		tail -n 20 "$log_dir/apt.log" >&2
		die "installing ${missing[*]} failed; the whole log is in $log_dir/apt.log"
	}
}

# build NAME COMMAND...: runs quietly; on failure shows the errors and where the log is.
build() {
	local name=$1
	shift
	mkdir -p "$log_dir"
	"$@" >"$log_dir/$name.log" 2>&1 || {
		grep -E 'error|warning' "$log_dir/$name.log" | sort -u | head -n 20 >&2
		die "building $name failed; the whole log is in $log_dir/$name.log"
	}
}

build_guest() {
	[ -x "$guest" ] || say "building the guest (NativeAOT; the first time takes about a minute)"
	build guest dotnet publish Samples/QueueScaler -c Release -v minimal
	[ -x "$guest" ] || die "the guest was built, but $guest is not there; see $log_dir/guest.log"
}

kernels=artifacts/lab/kernels

# need_kernel META-PACKAGE: unpacks the kernel it depends on, whatever its version is today, into artifacts/lab/kernels. It is not
# installed: this machine's own boot is no business of the lab. Where Debian has none, the lab skips what needs it.
need_kernel() {
	local meta=$1 unfinished=$kernels/$1.unfinished
	[ ! -d "$kernels/$meta" ] || return 0
	say "fetching the kernel of $meta"
	mkdir -p "$log_dir"
	fetch_kernel "$meta" "$unfinished" >"$log_dir/$meta.log" 2>&1 ||
		{ as_root apt-get update && fetch_kernel "$meta" "$unfinished"; } >>"$log_dir/$meta.log" 2>&1 || {
		tail -n 5 "$log_dir/$meta.log" >&2
		say "no kernel of $meta: its scenarios will be skipped"
		return 0
	}
	mv "$unfinished" "$kernels/$meta"
}

fetch_kernel() { # META-PACKAGE FOLDER
	local package
	rm -rf "$2"
	mkdir -p "$2/package"
	package=$(apt-cache depends "$1" | awk '$1 == "Depends:" && $2 ~ /^linux-image-[0-9]/ { print $2; exit }')
	[ -n "$package" ] || return 1
	(cd "$2/package" && apt-get download "$package") && dpkg -x "$2"/package/*.deb "$2" && rm -rf "$2/package"
}

# The test programs as the lab runs them: compiled ahead, since an emulated CPU takes long to compile at run time.
publish_lab() {
	build lab-programs dotnet publish tests/HostStub.Tests -c Release -r linux-x64 --no-self-contained -p:PublishReadyToRun=true -v minimal
}
