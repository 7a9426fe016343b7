// packets REGION LOW HIGH ROUNDS MS [batch]: makes a file with the packet region of one lcore, as its host would, waits until somebody polls it, sends
// LOW packets a second and HIGH ones in turn, ROUNDS times for MS each, takes back what is forwarded, and says what became of it. With batch a round's packets
// come all at its start, at once. Each round's start and the last one's end are marked as `guestprobe bench-bursts` marks a burst, for who traces CPUID.
#include <cpuid.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

enum {
	LOG2_RING = 14, RING = 1 << LOG2_RING, BUFFER = 128, HEADROOM = 16, FRAME = 60, PAGE = 4096,
	DESCRIPTORS = 128, RING_BYTES = DESCRIPTORS + 16 * RING, HISTOGRAMS_END = 256 + 3 * 8 * (1 + (35 << 6)), TELEMETRY_BYTES = (HISTOGRAMS_END + 63) / 64 * 64 + 64 + 2048 * 64, VERSION = 3,
	RX = PAGE, TX = RX + (RING_BYTES + PAGE - 1) / PAGE * PAGE, TELEMETRY = TX + (RING_BYTES + PAGE - 1) / PAGE * PAGE,
	RX_BUFFERS = TELEMETRY + (TELEMETRY_BYTES + PAGE - 1) / PAGE * PAGE, TX_BUFFERS = RX_BUFFERS + RING * BUFFER, SIZE = TX_BUFFERS + RING * BUFFER,
	STOP = 64, POLLING = 2, DONE = 3, MARK = 0x504d0000,
};

struct descriptor { uint16_t flags, region; uint32_t length, offset, metadata; };

static unsigned char *region;
static uint64_t sent, back, wrong;

static uint16_t *index_of(int ring, int offset) { return (uint16_t *)(region + ring + offset); }

static struct descriptor *descriptor(int ring, uint32_t i) { return (struct descriptor *)(region + ring + DESCRIPTORS) + i % RING; }

static uint64_t state(void) { return __atomic_load_n((uint64_t *)(region + TELEMETRY), __ATOMIC_ACQUIRE); }

static void nap(long ns) { nanosleep(&(struct timespec) { 0, ns }, NULL); }

static int64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static void make(const char *path)
{
	const uint32_t header[] = { 0x464d5350, VERSION, SIZE, LOG2_RING, LOG2_RING, BUFFER, RX, TX, RX_BUFFERS, TX_BUFFERS, TELEMETRY };
	int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
	if (file < 0 || ftruncate(file, SIZE) || (region = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0)) == MAP_FAILED) {
		perror(path);
		exit(1);
	}

	*(uint32_t *)(region + RX) = *(uint32_t *)(region + TX) = 0x3e31f20;
	for (uint32_t i = 0; i < RING; i++)
		*descriptor(TX, i) = (struct descriptor) { .length = BUFFER - HEADROOM, .offset = TX_BUFFERS + i * BUFFER + HEADROOM };
	*index_of(TX, 6) = RING;
	memcpy(region, header, sizeof header);
}

// UDP over IPv4 to some host of 10.0.0.0/8.
static void post(void)
{
	uint32_t i = (uint32_t)sent, sum = 0;
	unsigned char *buffer = region + RX_BUFFERS + i % RING * BUFFER, *ip = buffer + HEADROOM + 14;
	memset(buffer, 0, BUFFER);
	*(uint64_t *)buffer = __rdtsc();
	*(uint64_t *)(buffer + 8) = sent;
	memcpy(buffer + HEADROOM, "\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0", 14);
	memcpy(ip, "\x45\0\0\x2e\0\0\0\0\x40\x11\0\0\xc0\0\2\1\x0a", 17);
	ip[17] = (unsigned char)(i >> 8), ip[18] = (unsigned char)i, ip[19] = 1;
	for (int word = 0; word < 20; word += 2)
		sum += (uint32_t)(ip[word] << 8 | ip[word + 1]);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16));
	ip[10] = (unsigned char)(sum >> 8), ip[11] = (unsigned char)sum;
	*descriptor(RX, i) = (struct descriptor) { .length = FRAME, .offset = RX_BUFFERS + i % RING * BUFFER + HEADROOM, .metadata = i };
	sent++;
}

static void publish(void) { __atomic_store_n(index_of(RX, 6), (uint16_t)sent, __ATOMIC_RELEASE); }

static void mark(unsigned round)
{
	unsigned a, b, c, d;
	__cpuid_count(MARK, round, a, b, c, d);
}

// Each must come back in its turn, with a hop less to live.
static int take(void)
{
	uint16_t tail = __atomic_load_n(index_of(TX, 64), __ATOMIC_ACQUIRE);
	int count = 0;
	for (; (uint16_t)back != tail; back++, count++) {
		struct descriptor *sending = descriptor(TX, (uint32_t)back);
		unsigned char *buffer = region + TX_BUFFERS + back % RING * BUFFER;
		wrong += *(uint64_t *)(buffer + 8) != back || sending->length != FRAME || buffer[HEADROOM + 14 + 8] != 0x3f;
		*sending = (struct descriptor) { .length = BUFFER - HEADROOM, .offset = TX_BUFFERS + (uint32_t)(back % RING) * BUFFER + HEADROOM };
	}

	__atomic_store_n(index_of(TX, 6), (uint16_t)(back + RING), __ATOMIC_RELEASE);
	return count;
}

int main(int argc, char **argv)
{
	uint64_t full = 0;
	int batch = argc == 7 && !strcmp(argv[6], "batch"), rounds;
	if (argc != 6 && !batch)
		return 2;
	rounds = 2 * atoi(argv[4]);
	make(argv[1]);
	while (state() != POLLING)
		nap(10000000);
	for (int round = 0; round < rounds; round++) {
		int64_t start = now(), length = atoi(argv[5]) * 1000000ll, rate = atoi(argv[2 + round % 2]), due = 0;
		mark((unsigned)round);
		for (int64_t passed = 0; passed < length; nap(200000)) {
			passed = now() - start;
			for (; due < (batch || passed > length ? length : passed) * rate / 1000000000; due++) {
				if ((uint16_t)((uint16_t)sent - __atomic_load_n(index_of(RX, 64), __ATOMIC_ACQUIRE)) >= RING)
					full++;
				else
					post();
			}

			publish();
			take();
		}
	}

	mark((unsigned)rounds);
	__atomic_store_n((uint32_t *)(region + STOP), 1, __ATOMIC_RELEASE);
	for (int done = 0; take() || !done; nap(1000000))
		done = state() == DONE;
	printf("sent %llu forwarded %llu lost %llu wrong %llu\n", (unsigned long long)sent, (unsigned long long)back, (unsigned long long)(full + sent - back), (unsigned long long)wrong);
	return full + sent - back + wrong != 0;
}
