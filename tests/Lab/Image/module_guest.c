// module_guest call [OP ARGUMENT]... | compat OP ARGUMENT | count OP ARGUMENT[,ARGUMENT] COUNT | flood SECONDS: the least that a program of a guest can be
// which makes hypercalls. call shows each answer; compat makes one from 32-bit code; count shows how many TSC ticks a call takes, with its arguments in turn; flood
// calls as fast as it can and shows how many calls had each answer.
#include "hypercall.h"
#include <cpuid.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <x86intrin.h>

enum { MOST = 10000, KINDS = 16 };

static uint64_t ticks[MOST];
static int intel;

static long call(unsigned long op, long argument)
{
	long result;
	if (!intel)
		return hypercall(op, argument, 0);
	__asm__ volatile("vmcall" : "=a"(result) : "a"(HYPERCALL_BASE | op), "b"(argument), "D"(argument) : "memory");
	return result;
}

// 32-bit code, below 4 GiB, reached by a far call and left by a far return: mov eax, number; vmmcall; retf.
static uint32_t call_compat(uint32_t op)
{
	unsigned char code[] = { 0xb8, (unsigned char)op, 0, 0x53, 0x50, 0x0f, 0x01, (unsigned char)(intel ? 0xc1 : 0xd9), 0xcb };
	char *low = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (low == MAP_FAILED)
		exit(3);
	memcpy(low, code, sizeof code);
	struct { uint32_t offset; uint16_t selector; } __attribute__((packed)) target = { (uint32_t)(uintptr_t)low, 0x23 };
	uint64_t result, stack = (uint64_t)(uintptr_t)(low + 8192 - 64);
	__asm__ volatile("xchg %%rsp, %[stack]\n\tlcall *(%[target])\n\txchg %%rsp, %[stack]"
		: "=a"(result), [stack] "+r"(stack) : [target] "r"(&target) : "memory", "rcx", "rdx", "rdi", "rsi", "r8", "r9", "r10", "r11");
	return (uint32_t)result;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static int count(unsigned long op, char *arguments, int calls)
{
	long values[2] = { strtol(arguments, &arguments, 0), 0 }, wrong = 0;
	values[1] = *arguments == ',' ? strtol(arguments + 1, NULL, 0) : values[0];
	if (calls < 1 || calls > MOST)
		return 2;
	for (int i = 0; i < calls; i++) {
		uint64_t start = __rdtsc();
		long result = call(op, values[i & 1]);
		ticks[i] = __rdtsc() - start;
		wrong += result < 0;
	}

	qsort(ticks, (size_t)calls, sizeof *ticks, compare);
	printf("count %lu calls=%d wrong=%ld p50=%llu min=%llu p90=%llu max=%llu\n", op, calls, wrong, (unsigned long long)ticks[calls / 2], (unsigned long long)ticks[0],
		(unsigned long long)ticks[calls * 9 / 10], (unsigned long long)ticks[calls - 1]);
	return 0;
}

static int flood(int seconds)
{
	struct { long answer; unsigned long count; } kinds[KINDS] = { 0 };
	int used = 0;
	unsigned long calls = 0;
	for (time_t end = time(NULL) + seconds; time(NULL) < end;)
		for (int i = 0; i < 100; i++, calls++) {
			long answer = call(calls & 1 ? 2 : 1, calls & 1 ? (long)(calls >> 1 & 3) : 0);
			int kind = 0;
			while (kind < used && kinds[kind].answer != answer)
				kind++;
			if (kind == KINDS)
				return 3;
			used += kind == used;
			kinds[kind].answer = answer;
			kinds[kind].count++;
		}

	printf("flood %lu calls:", calls);
	for (int kind = 0; kind < used; kind++)
		printf(" %ld*%lu", kinds[kind].answer, kinds[kind].count);
	puts("");
	return 0;
}

int main(int argc, char **argv)
{
	unsigned a = 0, b = 0, c = 0, d = 0;
	__get_cpuid(0, &a, &b, &c, &d);
	intel = b == signature_INTEL_ebx;
	if (argc >= 4 && argc % 2 == 0 && !strcmp(argv[1], "call")) {
		for (int i = 2; i < argc; i += 2) {
			long argument = strtol(argv[i + 1], NULL, 0), result = call(strtoul(argv[i], NULL, 0), argument);
			printf("%s %ld -> %ld\n", argv[i], argument, result);
			fflush(stdout);
		}

		return 0;
	}

	if (argc == 4 && !strcmp(argv[1], "compat")) {
		printf("compat %s -> %d\n", argv[2], (int32_t)call_compat((uint32_t)strtoul(argv[2], NULL, 0)));
		return 0;
	}

	if (argc == 5 && !strcmp(argv[1], "count"))
		return count(strtoul(argv[2], NULL, 0), argv[3], atoi(argv[4]));
	return argc == 3 && !strcmp(argv[1], "flood") ? flood(atoi(argv[2])) : 2;
}
