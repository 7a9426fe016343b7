/* Every system call number with hostile arguments: each must return, none may hurt the host. */
#define GUEST_NO_LIBC
#include "guest.h"

static void ignore_all(void)
{
	struct kernel_sigaction ignore = { (void *)1, 0, 0, 0 };
	int number;

	for (number = 1; number <= 64; number++)
		sys4(13, number, &ignore, 0, 8);
}

static int skip(u64 n)
{
	/* Those that end or leave the thread by design, start another on a wild stack or this one, wait for ever, and close: a pipe in the
	   place of descriptor 0 would block for ever. */
	return n == 3 || n == 56 || n == 58 || n == 435 || n == 436 || n == 15 || n == 60 || n == 231 || n == 34 || n == 23 || n == 270 || n == 271;
}

static int guest_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	u64 edge = (u64)map_anon(0, 4096, 3), i, n;

	for (i = 0; i < 512; i++)
		((u64 *)edge)[i] = 0x5a5a5a5a5a5a5a5aul;
	ignore_all();
	if (is(what, "uniform")) {
		u64 patterns[] = {
			0, 1, ~0ul, 0x500000000ul, NON_CANONICAL, KERNEL_HALF, edge + 4095, edge + 4092, edge + 4088,
			EXCEPTION_STUBS, VCPU_BLOCKS, 0x7fffffffefffUL, 0x7ffffffff000ul, 0x8000000000000000ul, 0x7ffffffffffffffful, 0xffffffff,
		};

		for (i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
			for (n = 0; n <= 460; n++)
				if (!skip(n))
					sys6((long)n, (long)patterns[i], (long)patterns[i], (long)patterns[i], (long)patterns[i], (long)patterns[i], (long)patterns[i]);
	}
	if (is(what, "lengths")) {
		u64 lengths[] = { 4096, 1ul << 31, 1ul << 32, 1ul << 47, ~0ul, ~0xffful };

		for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
			for (n = 0; n <= 460; n++) {
				if (skip(n) || n == 9 || n == 10 || n == 11 || n == 28)
					continue;
				sys6((long)n, (long)(edge + 4088), (long)lengths[i], (long)lengths[i], (long)lengths[i], (long)lengths[i], (long)lengths[i]);
				sys6((long)n, 1, (long)(edge + 4088), (long)lengths[i], 8, (long)(edge + 4088), (long)lengths[i]);
				sys6((long)n, 0, (long)(edge + 4088), (long)lengths[i], 8, 0, 0);
			}
	}
	if (is(what, "unknown")) {
		u64 numbers[] = { 461, 511, 512, 1000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000ul, 0x4000000000000000ul, 0x8000000000000000ul, ~0ul, ~0ul - 100000 };

		for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
			if (sys0((long)numbers[i]) != -38)
				return (int)i + 1;
	}
	if (is(what, "bad-pointers")) {
		/* Calls that must say EFAULT, and copy nothing beyond the edge. */
		u64 bad[] = { 0, 1, ~0ul, 0x500000000ul, NON_CANONICAL, KERNEL_HALF, SYSTEM_IDT, edge + 4095 };

		for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
			int p[2];

			if (sys3(1, 1, bad[i], 16) != -14)
				return 1;
			if (sys3(20, 1, bad[i], 1) != -14)
				return 2;
			if (sys2(228, 1, bad[i]) != -14)
				return 3;
			if (sys2(35, bad[i], 0) != -14)
				return 4;
			if (sys1(293, bad[i]) != -14)
				return 5;
			if (bad[i] && sys4(13, 10, bad[i], 0, 8) != -14)
				return 6;
			if (sys2(435, bad[i], 88) != -14)
				return 7;
			if (sys4(257, -100, bad[i], 0, 0) != -14)
				return 8;
			if (sys2(318, bad[i], 64) != -14)
				return 9;
			if (sys1(63, bad[i]) != -14)
				return 10;
			if (sys2(293, p, 0) != 0 || sys3(1, p[1], "abc", 3) != 3 || sys3(0, p[0], bad[i], 3) != -14)
				return 11;
			sys1(3, p[0]);
			sys1(3, p[1]);
		}
		if (sys3(1, 1, edge + 4090, 7) != -14 || sys3(1, 1, edge + 4090, 6) != 6)
			return 12;
		if (sys2(158, 0x1002, NON_CANONICAL) != -1 || sys2(158, 0x1001, ~0ul) != -1 || sys2(158, 0x1002, KERNEL_HALF) != -1)
			return 13;
		if (sys4(334, edge, 32, 0, 0) != -38)
			return 14;
	}
	if (is(what, "descriptors")) {
		/* As many as there are, then EMFILE; then all given back. */
		long fd, count = 0;

		while ((fd = sys4(257, -100, "/dev/null", 2, 0)) >= 0)
			count++;
		if (fd != -24 || count != 253)
			return 1;
		for (fd = 3; fd < 256; fd++)
			if (sys1(3, fd) != 0)
				return 2;
		if (sys1(3, 3) != -9 || sys1(3, -1) != -9 || sys1(3, 256) != -9)
			return 3;
	}
	if (is(what, "call")) {
		/* The number in decimal; the error becomes the exit status. */
		const char *digit = argv[2];

		for (n = 0; *digit; digit++)
			n = n * 10 + (u64)(*digit - '0');
		sys1(231, -sys0((long)n));
	}
	if (is(what, "exit-status"))
		sys1(231, argv[2][0] == 'x' ? 255 : argv[2][0] - '0');
	if (is(what, "thread-exit-status"))
		sys1(60, 7);
	return 0;
}
