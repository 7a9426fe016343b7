// scribble DEVICE SECONDS: a hostile program in a guest. Writes random bytes all over the page shared with the host and rings every doorbell there is,
// and some that are not. DEVICE is its folder in sysfs.
#include "map_device.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 0x10000, DOORBELL = 12 };

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	volatile uint32_t *memory = map(argv[1], "resource2", SIZE), *registers = map(argv[1], "resource0", 4096);
	time_t end = time(NULL) + atoi(argv[2]); /* at least so long: the second has begun */
	uint64_t random = 0x9e3779b97f4a7c15, writes = 0, rings = 0;
	while (time(NULL) <= end) {
		for (int i = 0; i < 1000; i++, writes++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			memory[random % (SIZE / 4)] = (uint32_t)(random >> 32);
		}

		registers[DOORBELL / 4] = (uint32_t)(random & 1 ? 1 << 16 | (random >> 8 & 3) : random >> 16);
		rings++;
	}

	printf("scribbled %llu times, rang %llu times\n", (unsigned long long)writes, (unsigned long long)rings);
	return 0;
}
