// hypercall_vm: a VM whose only vCPU runs on this program's first thread, in 64-bit code, and makes the hypercalls that its standard input names, a line each:
// "OP ARGUMENT", answered with "OP ARGUMENT -> RESULT". "exec" keeps its memory alive in a process that shares it, and starts the program anew on the same thread
// with other memory; "end" ends it.
#define _GNU_SOURCE
#include "least_vm.h"
#include <sched.h>
#include <signal.h>
#include <unistd.h>

static int stay(void *nothing)
{
	(void)nothing;
	while (pause())
		;
	return 0;
}

int main(int argc, char **argv)
{
	static char stack[16384] __attribute__((aligned(16)));
	char line[64];
	(void)argc;
	setvbuf(stdin, NULL, _IONBF, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	int vcpu = make_vm();
	puts("up");
	while (fgets(line, sizeof line, stdin) && strcmp(line, "end\n")) {
		if (!strcmp(line, "exec\n")) {
			need(clone(stay, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL), "a process");
			execv("/proc/self/exe", argv);
			return 1;
		}

		char *next;
		unsigned long long op = strtoull(line, &next, 0);
		long long argument = strtoll(next, NULL, 0);
		printf("%llu %lld -> %lld\n", op, argument, call_from(vcpu, op, argument, 0));
	}

	return 0;
}
