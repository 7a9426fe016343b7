// stopped_guest post DEVICE | port FILE | acpi POLICY, then SECONDS: a program of a guest whose host does not answer. Every 10 ms it posts a request over the
// shared page, writes a packet to its virtio-serial port, or sets a speed, which its kernel writes into its debug port, and tells the most TSC ticks that one took.
#include "map_device.h"
#include "pollscale_region.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

enum { GET = 1, PACKET = 312 };

static struct pollscale_region *region;
static volatile uint32_t *doorbell;
static int port;
static char speeds[2][16];

static void post(uint32_t i)
{
	__atomic_store_n(&region->slots[0].request, pollscale_region_request(i + 1, GET, 0, 0), __ATOMIC_SEQ_CST);
	*doorbell = region->header.doorbell_peer << 16;
}

static void write_packet(uint32_t i)
{
	char packet[PACKET] = { (char)i };
	if (write(port, packet, sizeof packet) < 0 && errno != EAGAIN) {
		perror("port");
		exit(1);
	}
}

// The kernel's acpi-cpufreq makes a byte of it.
static void set_speed(uint32_t i)
{
	const char *khz = speeds[i & 1];
	if (pwrite(port, khz, strlen(khz), 0) < 0) {
		perror("scaling_setspeed");
		exit(1);
	}
}

int main(int argc, char **argv)
{
	void (*act)(uint32_t);
	if (argc != 4)
		return 2;
	if (!strcmp(argv[1], "post")) {
		region = map(argv[2], "resource2", POLLSCALE_REGION_SIZE);
		doorbell = (volatile uint32_t *)((char *)map(argv[2], "resource0", 4096) + POLLSCALE_REGION_DOORBELL);
		act = post;
	} else if (!strcmp(argv[1], "port")) {
		port = open(argv[2], O_RDWR | O_NONBLOCK);
		act = write_packet;
	} else {
		char path[256];
		snprintf(path, sizeof path, "%s/scaling_available_frequencies", argv[2]);
		FILE *file = fopen(path, "r");
		if (!file || fscanf(file, "%15s %15s", speeds[0], speeds[1]) != 2) {
			perror(path);
			return 1;
		}

		snprintf(path, sizeof path, "%s/scaling_setspeed", argv[2]);
		port = open(path, O_WRONLY);
		act = set_speed;
	}

	if (port < 0) {
		perror(argv[2]);
		return 1;
	}

	uint64_t most = 0, count = 0;
	for (time_t end = time(NULL) + atoi(argv[3]); time(NULL) < end; count++) {
		uint64_t start = __rdtsc();
		act((uint32_t)count);
		uint64_t ticks = __rdtsc() - start;
		most = ticks > most ? ticks : most;
		usleep(10000);
	}

	printf("%s %llu times, most %llu ticks\n", argv[1], (unsigned long long)count, (unsigned long long)most);
	return 0;
}
