/* The status page, the doorbell page and the packet region, misused. */
#define GUEST_NO_LIBC
#include "guest.h"

static int guest_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	u64 status = (u64)map_file("/dev/mem", STATUS_GPA, 4096, 3, 0);
	u64 bell = (u64)map_file("/dev/mem", DOORBELL_GPA, 4096, 3, 0);

	if ((long)status < 0 || (long)bell < 0)
		return 90;
	if (is(what, "write-status"))
		*(volatile u32 *)(status + 8) = 0;
	if (is(what, "write-status-8"))
		*(volatile u64 *)(status + 16) = 0;
	if (is(what, "lock-status"))
		__asm__ volatile("lock incl (%0)" : : "r"(status) : "memory");
	if (is(what, "write-status-read-only"))
		*(volatile u32 *)map_file("/dev/mem", STATUS_GPA, 4096, 1, 0) = 0;
	if (is(what, "write-doorbell"))
		*(volatile u32 *)bell = 0;
	if (is(what, "lock-doorbell"))
		__asm__ volatile("lock incl (%0)" : : "r"(bell) : "memory");
	if (is(what, "sse-load"))
		__asm__ volatile("movups (%0), %%xmm0" : : "r"(bell));
	if (is(what, "sse-store"))
		__asm__ volatile("movups %%xmm0, (%0)" : : "r"(bell) : "memory");
	if (is(what, "avx-load"))
		__asm__ volatile("vmovups (%0), %%ymm0" : : "r"(bell));
	if (is(what, "avx-store"))
		__asm__ volatile("vmovups %%ymm0, (%0)" : : "r"(bell) : "memory");
	if (is(what, "string-load")) {
		static u8 to[4096];
		u8 *d = to, *s = (u8 *)bell;
		u64 n = 4096;

		__asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
	}
	if (is(what, "push-from-doorbell"))
		__asm__ volatile("push (%0)\n\tpop %%rax" : : "r"(bell) : "rax");
	if (is(what, "stack-in-doorbell"))
		__asm__ volatile("mov %0, %%rsp\n\tpush %%rax" : : "r"(bell + 4096));
	if (is(what, "stack-in-status"))
		__asm__ volatile("mov %0, %%rsp\n\tpush %%rax" : : "r"(status + 4096));
	if (is(what, "past-doorbell"))
		(void)*(volatile u64 *)(bell + 4092);
	if (is(what, "sizes")) {
		/* Only aligned 4-byte loads are calls; all else is answered KVM_ENOSYS. */
		if (*(volatile u8 *)(bell + 0x100) != 0x18)
			return 1;
		if (*(volatile u16 *)(bell + 0x100) != 0xfc18)
			return 2;
		if (*(volatile u64 *)(bell + 0x100) != (u64)-1000)
			return 3;
		if (*(volatile u32 *)(bell + 0x102) != (u32)-1000)
			return 4;
		if (port_in8(PORT_BASE) != 0xff)
			return 5;
	}
	if (is(what, "wrong-mappings")) {
		if (map_file("/dev/mem", 0, 4096, 3, 0) >= 0)
			return 1;
		if (map_file("/dev/mem", SYSTEM_IDT, 4096, 3, 0) >= 0)
			return 2;
		if (map_file("/dev/mem", STATUS_GPA, 8192, 3, 0) >= 0)
			return 3;
		if (map_file("/dev/mem", STATUS_GPA - 4096, 4096, 3, 0) >= 0)
			return 4;
		if (map_file("/dev/mem", STATUS_GPA + 1, 4096, 3, 0) >= 0)
			return 5;
		if (map_file("/dev/mem", 0xfffffffffffff000ul, 4096, 3, 0) >= 0)
			return 6;
		if (map_file("/dev/memif0", 0, 1ul << 40, 3, 0) >= 0)
			return 7;
		if (map_file("/dev/memif0", 1ul << 40, 4096, 3, 0) >= 0)
			return 8;
		if (map_file("/dev/memif0", 0xfffffffffffff000ul, 8192, 3, 0) >= 0)
			return 9;
		if (map_file("/dev/mem", STATUS_GPA, 4096, 3, SYSCALL_STUB) >= 0)
			return 10;
	}
	if (is(what, "syscall-pointers")) {
		/* Devices are no memory for the kernel's copies. */
		if (sys3(1, 1, bell, 4) != -14 || sys3(1, 1, status, 4) != -14)
			return 1;
		if (sys2(228, 1, bell) != -14 || sys2(228, 1, status) != -14)
			return 2;
		if (sys4(202, bell, 0, 0, 0) != -14 || sys4(202, status, 1, 1, 0) != -14)
			return 3;
	}
	if (is(what, "corrupt-region")) {
		u64 size = 0, at;
		long region, fd = sys4(257, -100, "/dev/memif0", 2, 0);
		u64 x = 88172645463325252ul;

		size = (u64)sys3(8, fd, 0, 2);
		region = map_file("/dev/memif0", 0, size, 3, 0);
		if (region < 0)
			return 1;
		for (at = 0; at + 8 <= size; at += 8) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			*(volatile u64 *)(region + at) = x;
		}
	}
	if (is(what, "remap")) {
		/* A page of the region, then memory at the same address: no byte of the region may show through. */
		long region = map_file("/dev/memif0", 0, 4096, 3, 0);
		int round;

		if (region < 0)
			return 1;
		for (round = 0; round < 50; round++) {
			*(volatile u64 *)region = 0x1234;
			if (sys2(11, region, 4096) != 0)
				return 2;
			if (map_anon((u64)region, 4096, 3) != region)
				return 3;
			if (*(volatile u64 *)region != 0)
				return 4;
			*(volatile u64 *)region = 0x5678;
			if (map_file("/dev/memif0", 0, 4096, 3, (u64)region) != region)
				return 5;
			if (*(volatile u64 *)region != 0x1234)
				return 6;
		}
	}
	if (is(what, "region-after-unmap")) {
		long region = map_file("/dev/memif0", 0, 4096, 3, 0);

		*(volatile u64 *)region = 1;
		sys2(11, region, 4096);
		*(volatile u64 *)region = 2;
	}
	if (is(what, "region-read-only")) {
		long region = map_file("/dev/memif0", 0, 4096, 3, 0);

		*(volatile u64 *)region = 1;
		sys3(10, region, 4096, 1);
		*(volatile u64 *)region = 2;
	}
	return 0;
}
