/* Rings every slot of the port and of the MMIO doorbell and prints each reply, a line each. */
#define GUEST_NO_LIBC
#include "guest.h"

static u32 replies[1024];

static void show(int count)
{
	int i;

	for (i = 0; i < count; i++)
		print_hex((u64)(long)(int)replies[i]);
}

static int guest_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int slot;

	if (is(what, "port")) {
		for (slot = 0; slot < PORT_COUNT; slot++)
			replies[slot] = port_in32((u16)(PORT_BASE + slot));
		show(PORT_COUNT);
		return 0;
	}
	if (is(what, "mmio")) {
		u64 bell = (u64)map_file("/dev/mem", DOORBELL_GPA, 4096, 1, 0);

		for (slot = 0; slot < 1024; slot++)
			replies[slot] = *(volatile u32 *)(bell + 4 * (u64)slot);
		show(1024);
		return 0;
	}
	if (is(what, "status")) {
		/* Asks for each P-state, slowest first, and waits until the status page shows it. */
		volatile u32 *status = (volatile u32 *)map_file("/dev/mem", STATUS_GPA, 4096, 1, 0);
		u32 count = port_in32(PORT_BASE) & 0xffff;
		u64 changes = *(volatile u64 *)(status + 6);
		u32 state;

		for (state = count; state-- > 0;) {
			u32 spins = 0;

			if (port_in32((u16)(PORT_BASE + (2 << 6) + state)) != state)
				return 1;
			while (status[2] != state || (status[0] & 1))
				if (++spins == 2000000000u)
					return 2;
			if (status[3] != port_in32((u16)(PORT_BASE + (6 << 6) + state)))
				return 3;
		}
		print_hex(*(volatile u64 *)(status + 6) - changes);
		return 0;
	}
	if (is(what, "cpuid")) {
		u32 leaf, r[4], i;

		for (leaf = 0x40000100; leaf < 0x40000108; leaf++) {
			read_cpuid(leaf, 0, r);
			for (i = 0; i < 4; i++)
				print_hex(r[i]);
		}
		return 0;
	}
	return 99;
}
