/*
 * Runs before every constructor and before the runtime, which would abort on a CPU below the one that it is compiled for and not
 * say what is missing. It is compiled for the oldest x86-64, with the name of the PROGRAM, and needs of libc only write and _exit.
 */
#include <cpuid.h>
#include <string.h>
#include <unistd.h>

enum { ENVIRONMENT = 2 }; /* ExitCode.Environment */

/* What the x86-64 psABI adds in level 2. hoststub names them alike: HostStub/MicroVm/Machine/CpuLevel.cs. */
static const struct {
	unsigned leaf, bit;
	const char *name;
} level2[] = {
	{ 1, 0, "SSE3" },
	{ 1, 9, "SSSE3" },
	{ 1, 13, "CMPXCHG16B" },
	{ 1, 19, "SSE4.1" },
	{ 1, 20, "SSE4.2" },
	{ 1, 23, "POPCNT" },
	{ 0x80000001, 0, "LAHF" },
};

static void check_cpu(void)
{
	char text[1024] = PROGRAM ": this CPU lacks ";
	int missing = 0;

	for (unsigned i = 0; i < sizeof(level2) / sizeof(level2[0]); i++) {
		unsigned eax, ebx, ecx = 0, edx;

		if (!__get_cpuid(level2[i].leaf, &eax, &ebx, &ecx, &edx))
			ecx = 0;
		if (!(ecx >> level2[i].bit & 1)) {
			strcat(text, missing++ ? ", " : "");
			strcat(text, level2[i].name);
		}
	}
	if (!missing)
		return;
	strcat(text, ", and the program is compiled for x86-64-v2, as Intel has it since 2008 (Nehalem) and AMD since 2011.\n"
		  PROGRAM ": in a VM, give it more of its host's CPU: in libvirt <cpu mode='host-model'/>, in QEMU -cpu host, or a named model such as "
		  "-cpu Nehalem or later. Without a choice both show qemu64 or kvm64, which lack them.\n");
	ssize_t ignored = write(STDERR_FILENO, text, strlen(text));

	(void)ignored;
	_exit(ENVIRONMENT);
}

__attribute__((section(".preinit_array"), used)) static void (*const check)(void) = check_cpu;
