#!/usr/bin/env bash
# Set-up shared by ./demo and ./test; sourced with the repository as current folder.
# Installs what is missing from Debian, builds in Release, and leaves logs under artifacts/log.
# What comes out depends on this folder and Debian's packages, not on what else is installed or set here: see clean.

log_dir=artifacts/log

# A stream that is closed would be given to the first file that somebody opens.
[ -L /proc/$$/fd/0 ] || exec </dev/null
[ -L /proc/$$/fd/1 ] || exec >/dev/null
[ -L /proc/$$/fd/2 ] || exec 2>/dev/null

say() { printf '%s\n' "$*" >&2; }

die() {
	say "$0: $*"
	exit 2
}

# dotnet and NuGet write there.
if [ ! -w "${HOME:-/nonexistent}" ]; then
	export HOME=$PWD/artifacts/home
	mkdir -p "$HOME"
fi

# Every process that a build starts has this in its environment; it is how end_builders knows them.
build_mark=$$.$RANDOM

# clean COMMAND...: runs it with Debian's tools, messages in English, and of the environment only what leads to files and networks. MSBuild
# takes each variable for a property (Platform, OutputPath, SysRoot), and gcc has its own. No compiler or MSBuild server stays behind: it
# would burn a core beside what is measured next, and one that runs already belongs to somebody else.
clean() {
	local name environment=(PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 POLLSCALE_BUILD=$build_mark
		MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0
		DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
		DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true DOTNET_GENERATE_ASPNET_CERTIFICATE=false)
	for name in $(compgen -e); do
		case $name in
		HOME | USER | LOGNAME | TMPDIR | CI | DOTNET_CLI_HOME | XDG_* | NUGET_* | NuGetPackageSourceCredentials_* | SSL_CERT_* | *_proxy | *_PROXY)
			environment+=("$name=${!name}")
			;;
		esac
	done
	env -i "${environment[@]}" "$@"
}

# Ends what the builds of this script left running, and nothing of anybody else's.
end_builders() {
	local process id left
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		left=()
		for process in /proc/[0-9]*; do
			id=${process#/proc/}
			if grep -qzx "POLLSCALE_BUILD=$build_mark" "$process/environ" 2>/dev/null && [ "$(cut -d ' ' -f 3 "$process/stat" 2>/dev/null)" != Z ]; then
				left+=("$id")
			fi
		done
		[ ${#left[@]} -gt 0 ] || return 0
		kill -- "${left[@]}" 2>/dev/null || true
		sleep 0.2
	done
	kill -KILL -- "${left[@]}" 2>/dev/null || true
}

need_dotnet() {
	local candidate runtime
	for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" "$HOME/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
		# Here global.json says which will do: another SDK beside it is no matter.
		if [ -x "$candidate" ] && clean "$candidate" --version >/dev/null 2>&1; then
			dotnet=$candidate
			runtime=$(clean "$dotnet" --list-runtimes | sed -nE 's/^Microsoft\.NETCore\.App 10\..* \[(.*)\/shared\/Microsoft\.NETCore\.App\]$/\1/p' | tail -n 1)
			unset DOTNET_ROOT_X64
			[ -z "$runtime" ] || export DOTNET_ROOT=$runtime # hoststub's own start looks there, wherever the SDK is
			return 0
		fi
	done
	local have
	have=$(dotnet --list-sdks 2>/dev/null | cut -d ' ' -f 1 | paste -sd ' ' || true)
	die "a .NET 10 SDK is needed${have:+ (found only $have)}. On Debian 12:
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

# need_packages PACKAGE...: those that dpkg does not know as installed are installed. Debian's lists are fetched once.
need_packages() {
	local missing=() package
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	command -v apt-get >/dev/null || die "these Debian packages are missing, and this is no Debian: ${missing[*]}"
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || die "these Debian packages are missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}"
	fi
	say "installing ${missing[*]}"
	mkdir -p "$log_dir"
	{
		{ [ -n "${apt_updated-}" ] || as_root apt-get update; } &&
			as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -o DPkg::Lock::Timeout=300 --no-install-recommends "${missing[@]}"
	} >"$log_dir/apt.log" 2>&1 || {
		tail -n 20 "$log_dir/apt.log" >&2
		die "installing ${missing[*]} failed; the whole log is in $log_dir/apt.log"
	}
	apt_updated=1
}

# new_debian FOLDER PACKAGES: makes a minimal Debian 12 there, from this machine's mirror; PACKAGES are separated by commas. Leaves FOLDER.log only where it fails.
new_debian() {
	local mirror
	mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(ORIGIN) $(LABEL)' | awk '$2 == "bookworm" && $3 == "Debian" && $4 == "Debian" { print $1; exit }')
	debootstrap --variant=minbase --include="$2" bookworm "$1" ${mirror:+"$mirror"} >"$1.log" 2>&1 || {
		tail -n 5 "$1.log" >&2
		die "debootstrap failed; the whole log is in $1.log"
	}
	rm -f "$1.log"
}

# build NAME COMMAND...: runs quietly; on failure shows the errors and where the log is.
build() {
	local name=$1 status=0
	shift
	mkdir -p "$log_dir"
	clean "$@" >"$log_dir/$name.log" 2>&1 </dev/null || status=$?
	end_builders
	[ "$status" -ne 0 ] || return 0
	{ grep -E 'error|warning' "$log_dir/$name.log" || tail -n 20 "$log_dir/$name.log"; } | sort -u | head -n 20 >&2
	die "building $name failed; the whole log is in $log_dir/$name.log"
}

# elf PROJECT: where the guest of a project is published.
elf() {
	local name
	name=$(basename "$1")
	name=${name,,}
	printf '%s\n' "artifacts/publish/$name/release_linux-x64/$name"
}

# build_guest PROJECT...: publishes guests; what did not change since is not compiled again.
build_guest() {
	local project guest name
	for project in "$@"; do
		guest=$(elf "$project") name=$(basename "$guest")
		[ -x "$guest" ] || say "building $name (NativeAOT; the first time takes about a minute)"
		build "$name" "$dotnet" publish "$project" -c Release -v minimal
		[ -x "$guest" ] || die "$name was built, but $guest is not there; see $log_dir/$name.log"
	done
}

# build_library: publishes libpollscale.so.
build_library() {
	local library=artifacts/publish/libpollscale/release_linux-x64/libpollscale.so
	[ -f "$library" ] || say "building libpollscale (NativeAOT; the first time takes about a minute)"
	build libpollscale "$dotnet" publish Sdk.C -c Release -v minimal
	[ -f "$library" ] || die "libpollscale was built, but $library is not there; see $log_dir/libpollscale.log"
}

# build_plugin: compiles librte_pollscale.so. Where there is no libdpdk its tests skip.
build_plugin() {
	if pkg-config --exists libdpdk 2>/dev/null; then
		build librte_pollscale Sdk.C/dpdk/build
	else
		say "pkg-config finds no libdpdk: the DPDK plugin is not built"
	fi
}

kernels=artifacts/lab/kernels

# need_kernel META-PACKAGE: unpacks the kernel it depends on, whatever its version is today, into artifacts/lab/kernels. It is not
# installed: this machine's own boot is no business of the lab. Where Debian has none, the lab skips what needs it.
need_kernel() {
	[ -d "$kernels/$1" ] || unpack "the kernel of $1" "$kernels/$1" "its scenarios will be skipped" fetch_kernel "$1"
}

# unpack WHAT FOLDER LOSS COMMAND...: has COMMAND fill FOLDER.unfinished from Debian's packages, and makes it FOLDER. Where Debian has none it says what is lost.
unpack() {
	local what=$1 folder=$2 loss=$3 log=$log_dir/${2##*/}.log
	shift 3
	say "fetching $what"
	mkdir -p "$log_dir"
	"$@" "$folder.unfinished" >"$log" 2>&1 || { as_root apt-get update && "$@" "$folder.unfinished"; } >>"$log" 2>&1 || {
		tail -n 5 "$log" >&2
		say "$what could not be had: $loss"
		return 0
	}
	mv "$folder.unfinished" "$folder"
}

fetch_kernel() { # META-PACKAGE FOLDER
	local package
	rm -rf "$2"
	mkdir -p "$2/package"
	package=$(LC_ALL=C apt-cache depends "$1" | awk '$1 == "Depends:" && $2 ~ /^linux-image-[0-9]/ { print $2; exit }')
	[ -n "$package" ] || return 1
	(cd "$2/package" && apt-get download "$package") && dpkg -x "$2"/package/*.deb "$2" && rm -rf "$2/package"
}

headers=artifacts/lab/headers
modules=artifacts/lab/modules

# need_headers META-PACKAGE: unpacks the headers it depends on, of the version that need_kernel unpacked, into artifacts/lab/headers, to build modules for the
# lab's kernels. They are not installed: that would install a kernel too. Where Debian has none, what needs them is skipped.
need_headers() {
	local image=${1/headers/image} release
	release=$(basename "$kernels/$image"/boot/vmlinuz-*)
	release=${release#vmlinuz-}
	[ -f "$kernels/$image/boot/vmlinuz-$release" ] || return 0
	[ ! -f "$headers/$1/usr/src/linux-headers-$release/Makefile" ] || return 0
	rm -rf "${headers:?}/$1"
	unpack "the headers of $release" "$headers/$1" "the kernel module will not be built for it, and its scenarios will be skipped" fetch_headers "$release"
}

# The packages name each other, and a compiler, which need_packages installs. They name each other's files by where they were to be installed.
fetch_headers() { # RELEASE FOLDER
	local packages=("linux-headers-$1") package
	rm -rf "$2"
	mkdir -p "$2/package"
	for package in $(LC_ALL=C apt-cache depends "linux-headers-$1" | awk '$1 == "Depends:" && $2 ~ /^linux-(headers-.*-common|kbuild-)/ { print $2 }'); do
		packages+=("$package")
	done
	[ ${#packages[@]} -eq 3 ] || return 1
	(cd "$2/package" && apt-get download "${packages[@]}") || return 1
	for package in "$2"/package/*.deb; do
		dpkg -x "$package" "$2" || return 1
	done
	rm -rf "$2/package"
	sed -i -E 's,^include /usr/src/([^/]+)/Makefile$,include $(dir $(lastword $(MAKEFILE_LIST)))../\1/Makefile,' "$2/usr/src/linux-headers-$1/Makefile"
}

# build_module META-PACKAGE: builds HostStub/kmod for the kernel whose headers need_headers unpacked, into artifacts/lab/modules. Each warning is an error.
build_module() {
	local meta=$1 built=$modules/$1 source file
	source=$(echo "$PWD/$headers/$meta"/usr/src/linux-headers-*-amd64)
	[ -d "$source" ] || return 0
	mkdir -p "$built"
	for file in HostStub/kmod/{*.c,*.h,Kbuild,Makefile}; do # a file that is as it was keeps its time
		cmp -s "$file" "$built/${file##*/}" || cp "$file" "$built"
	done
	build "module-$meta" make -C "$built" KDIR="$source" W=1 KCFLAGS=-Werror modules
}

# The test programs as the lab runs them: compiled ahead, since an emulated CPU takes long to compile at run time.
publish_lab() {
	local suite
	for suite in HostStub.Tests PollScale.MicroVm.Tests PollScale.Control.Tests; do
		build "lab-$suite" "$dotnet" publish "tests/$suite" -c Release -r linux-x64 --no-self-contained -p:PublishReadyToRun=true -v minimal
	done
}
