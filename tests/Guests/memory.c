/* mmap, munmap, mprotect, madvise and brk, honest and absurd. Stale translations in KVM would show here. */
#include "guest.h"
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096ul
#define LARGE (2ul << 20)
#define RW (PROT_READ | PROT_WRITE)

static sigjmp_buf back;
static volatile int fault_code;
static void *volatile fault_address;

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)number, (void)context;
	fault_code = info->si_code;
	fault_address = info->si_addr;
	siglongjmp(back, 1);
}

static int write_faults(volatile char *at)
{
	if (sigsetjmp(back, 1))
		return 1;
	*at = 1;
	return 0;
}

static int read_faults(volatile char *at)
{
	if (sigsetjmp(back, 1))
		return 1;
	(void)*at;
	return 0;
}

static int call_faults(void *at)
{
	if (sigsetjmp(back, 1))
		return 1;
	((void (*)(void))at)();
	return 0;
}

static char *map(void *at, size_t length, int prot)
{
	return mmap(at, length, prot, MAP_PRIVATE | MAP_ANONYMOUS | (at ? MAP_FIXED : 0), -1, 0);
}

static void protect(size_t length, size_t offset)
{
	char *area = map(NULL, length, RW), *at = area + offset;
	int round;

	CHECK(area != MAP_FAILED);
	memset(area, 0x11, length);
	for (round = 0; round < 20; round++) {
		*at = (char)round;
		CHECK(mprotect(at, PAGE, PROT_READ) == 0);
		CHECK(write_faults(at));
		CHECK(fault_code == SEGV_ACCERR && fault_address == at);
		CHECK(*at == (char)round);
		CHECK(mprotect(at, PAGE, PROT_NONE) == 0);
		CHECK(read_faults(at));
		CHECK(write_faults(at));
		CHECK(mprotect(at, PAGE, RW) == 0);
		CHECK(*at == (char)round);
		*at = 5;
	}
	for (size_t i = 0; i < length; i++)
		CHECK(area + i == at || area[i] == 0x11);
	CHECK(munmap(at, PAGE) == 0);
	CHECK(read_faults(at));
	CHECK(fault_code == SEGV_MAPERR);
	CHECK(map(at, PAGE, RW) == at);
	for (size_t i = 0; i < PAGE; i++)
		CHECK(at[i] == 0);
	memset(at, 0x22, PAGE);
	CHECK(madvise(at, PAGE, MADV_DONTNEED) == 0);
	for (size_t i = 0; i < PAGE; i++)
		CHECK(at[i] == 0);
	CHECK(munmap(area, length) == 0);
	for (size_t i = 0; i < length; i += PAGE)
		CHECK(read_faults(area + i));
}

static void execute(void)
{
	char *code = map(NULL, PAGE, RW);

	*code = (char)0xc3;
	CHECK(call_faults(code));
	CHECK(mprotect(code, PAGE, PROT_READ | PROT_EXEC) == 0);
	CHECK(!call_faults(code));
	CHECK(write_faults(code));
	CHECK(mprotect(code, PAGE, RW | PROT_EXEC) == 0);
	CHECK(!call_faults(code));
	*code = (char)0xc3;
	CHECK(mprotect(code, PAGE, RW) == 0);
	CHECK(call_faults(code));
}

static volatile int stop;
static char *volatile shared;

static void *writer(void *unused)
{
	unsigned long i = 0;

	(void)unused;
	while (!stop)
		shared[i % (8 * PAGE)] = (char)i, i++;
	return NULL;
}

/* One thread writes without end while another changes what does not concern writing. */
static void flush_race(void)
{
	pthread_t thread;
	int round;

	shared = map(NULL, 8 * PAGE, RW);
	CHECK(pthread_create(&thread, NULL, writer, NULL) == 0);
	for (round = 0; round < 2000; round++) {
		CHECK(mprotect(shared, 8 * PAGE, RW | PROT_EXEC) == 0);
		CHECK(mprotect(shared, 8 * PAGE, RW) == 0);
	}
	stop = 1;
	CHECK(pthread_join(thread, NULL) == 0);
}

static void absurd(void)
{
	static const size_t lengths[] = { 1ul << 40, 1ul << 46, 1ul << 47, 1ul << 48, 1ul << 63, ~0ul, ~0ul - 4096, 1ul << 30 };
	char *reserved;
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		CHECK(map(NULL, lengths[i], RW) == MAP_FAILED);
		CHECK(map((void *)0x10000000, lengths[i], RW) == MAP_FAILED);
	}
	reserved = map(NULL, 1ul << 40, PROT_NONE);
	CHECK(reserved != MAP_FAILED);
	CHECK(read_faults(reserved));
	CHECK(mprotect(reserved, 1ul << 40, RW) == -1 && errno == ENOMEM);
	CHECK(mprotect(reserved, 1ul << 40, RW) == -1 && errno == ENOMEM);
	CHECK(mprotect(reserved + (1ul << 39), LARGE, RW) == 0);
	reserved[1ul << 39] = 1;
	CHECK(madvise(reserved, 1ul << 40, MADV_DONTNEED) == 0);
	CHECK(reserved[1ul << 39] == 0);
	CHECK(munmap(reserved, 1ul << 40) == 0);
	CHECK(read_faults(reserved + (1ul << 39)));
	CHECK(map(NULL, 0, RW) == MAP_FAILED && errno == EINVAL);
	CHECK(mmap(NULL, PAGE, 64, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	CHECK(munmap((void *)1, PAGE) == -1);
	CHECK(munmap((void *)0x10000000, 1ul << 47) == -1 || errno == 0);
	CHECK(mprotect((void *)0x600000000000ul, PAGE, RW) == -1 && errno == ENOMEM);
}

static void many(void)
{
	int made = 0;
	char *first = NULL;

	/* Alternating protections keep neighbours from joining. */
	for (; made < 20000; made++) {
		char *at = map(NULL, PAGE, made % 2 ? PROT_READ : PROT_NONE);

		if (at == MAP_FAILED)
			break;
		first = at;
	}
	CHECK(made > 10000 && made < 20000);
	CHECK(errno == ENOMEM);
	CHECK(munmap(first, (size_t)made * PAGE) == 0);
	CHECK(map(NULL, PAGE, RW) != MAP_FAILED);
}

/* Uses up all memory, by large and by small pages, three times over: what is given back must be there again. */
static void exhaust(size_t piece)
{
	size_t counts[3];
	int round;

	for (round = 0; round < 3; round++) {
		char *last = NULL;
		size_t count = 0;

		for (;;) {
			char *at = map(NULL, piece, RW);

			if (at == MAP_FAILED)
				break;
			CHECK(*at == 0);
			*(char **)at = last;
			at[piece - 1] = 1;
			last = at;
			count++;
		}
		CHECK(errno == ENOMEM);
		CHECK(count * piece > (16 << 20));
		counts[round] = count;
		while (last) {
			char *next = *(char **)last;

			CHECK(munmap(last, piece) == 0);
			last = next;
		}
	}
	CHECK(counts[2] + 16 >= counts[0]);
}

/* With memory used up, cutting a large page in two may fail, but must not leave it half-cut. */
static void exhausted_split(void)
{
	char *large = map(NULL, 2 * LARGE, RW), *middle;
	int round;

	memset(large, 3, 2 * LARGE);
	while (map(NULL, PAGE, RW) != MAP_FAILED)
		;
	middle = (char *)(((unsigned long)large + LARGE - 1) & ~(LARGE - 1)) + 7 * PAGE;
	for (round = 0; round < 20; round++) {
		char *at = map(middle + round * PAGE, PAGE, RW);

		CHECK(at == middle + round * PAGE || (at == MAP_FAILED && errno == ENOMEM));
		munmap(middle + round * PAGE, PAGE);
		mprotect(middle + round * PAGE, PAGE, PROT_READ);
	}
	CHECK(large[0] == 3);
	CHECK(middle[40 * PAGE] == 3);
}

static void over_system(void)
{
	unsigned long at;

	for (at = 0; at < 0x200000; at += PAGE) {
		CHECK(map((void *)(at ? at : 1), PAGE, RW | PROT_EXEC) == MAP_FAILED);
		CHECK(munmap((void *)at, PAGE) == -1);
		CHECK(mprotect((void *)at, PAGE, RW) == -1);
		madvise((void *)at, PAGE, MADV_DONTNEED);
	}
	CHECK(map((void *)0x1ff000, 2 * PAGE, RW) == MAP_FAILED);
	CHECK(map((void *)0x7ffffffff000ul, PAGE, RW) == MAP_FAILED);
	CHECK(map((void *)0xffff800000000000ul, PAGE, RW) == MAP_FAILED);
	CHECK(write_faults((char *)SYSCALL_STUB));
	CHECK(read_faults((char *)VCPU_BLOCKS));
	CHECK(mmap((void *)SYSCALL_STUB, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != (void *)SYSCALL_STUB);
	CHECK(getppid() == -1 || 1);
}

static void breaks(void)
{
	char *start = sbrk(0), *top;

	CHECK(sbrk(10 << 20) == start);
	memset(start, 9, 10 << 20);
	CHECK(sbrk(-(5 << 20)) != (void *)-1);
	top = sbrk(0);
	CHECK(top == start + (5 << 20));
	CHECK(read_faults((char *)(((unsigned long)top + PAGE) & ~(PAGE - 1))));
	CHECK(sbrk(5 << 20) == top);
	CHECK(top[PAGE] == 0);
	CHECK(start[1] == 9);
	CHECK(sbrk(1l << 40) == (void *)-1);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
	if (!strcmp(what, "protect-small"))
		protect(16 * PAGE, 5 * PAGE);
	else if (!strcmp(what, "protect-large"))
		protect(2 * LARGE, LARGE + 5 * PAGE);
	else if (!strcmp(what, "execute"))
		execute();
	else if (!strcmp(what, "flush-race"))
		flush_race();
	else if (!strcmp(what, "absurd"))
		absurd();
	else if (!strcmp(what, "many"))
		many();
	else if (!strcmp(what, "exhaust-small"))
		exhaust(PAGE);
	else if (!strcmp(what, "exhaust-large"))
		exhaust(LARGE);
	else if (!strcmp(what, "exhaust-odd"))
		exhaust(LARGE + 3 * PAGE);
	else if (!strcmp(what, "exhausted-split"))
		exhausted_split();
	else if (!strcmp(what, "over-system"))
		over_system();
	else if (!strcmp(what, "breaks"))
		breaks();
	else if (!strcmp(what, "unmap-stack")) {
		signal(SIGSEGV, SIG_DFL);
		munmap((void *)((unsigned long)&what & ~(LARGE - 1)), LARGE);
	} else if (!strcmp(what, "unmap-code")) {
		signal(SIGSEGV, SIG_DFL);
		munmap((void *)((unsigned long)&main & ~(PAGE - 1)), PAGE);
		return write_faults(NULL);
	} else if (!strcmp(what, "map-over-code")) {
		signal(SIGSEGV, SIG_DFL);
		map((void *)0x400000, 1 << 20, RW | PROT_EXEC);
	} else
		return 99;
	return 0;
}
