// SPDX-License-Identifier: MIT
// What guestprobe bench-forward does, in C, for a tool that counts instructions: each frame of a file is copied, checked up to its TTL as RFC 1812, 5.2.2 asks,
// looked up in a DIR-24-8 table of the same routes, given a TTL less one with the checksum corrected (RFC 1624), and addressed to its next hop.
#include <arpa/inet.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME = 64, ETHERNET = 14, MIN_IP = 20, NO_ROUTE = -1, GROUP = 0x8000 };
enum cause { TRUNCATED, NOT_IPV4, BAD_VERSION, BAD_HEADER_LENGTH, BAD_TOTAL_LENGTH, BAD_CHECKSUM, TTL_EXPIRED, UNROUTED };

struct route {
	uint32_t prefix;
	int length, hop;
};

static uint16_t *tbl24, *tbl8;
static uint32_t first = UINT32_MAX, entries;
static int default_hop = NO_ROUTE, groups;

static inline int lookup(uint32_t address)
{
	uint32_t index = (address >> 8) - first;
	uint32_t entry;

	if (index >= entries)
		return default_hop;
	entry = tbl24[index];
	if (entry & GROUP)
		entry = tbl8[(entry & ~GROUP) * 256 + (uint8_t)address];
	return entry == 0 ? default_hop : (int)entry - 1;
}

static inline uint16_t big(const uint8_t *at)
{
	uint16_t word;

	memcpy(&word, at, sizeof word);
	return __builtin_bswap16(word);
}

static inline uint32_t word(const uint8_t *header, int i)
{
	uint32_t word;

	memcpy(&word, header + i * 4, sizeof word);
	return word;
}

static inline uint32_t header_sum(const uint8_t *header, int words)
{
	uint64_t sum = (uint64_t)word(header, 0) + word(header, 1) + word(header, 2) + word(header, 3) + word(header, 4);

	for (int i = MIN_IP / 4; i < words; i++)
		sum += word(header, i);
	sum = (sum >> 32) + (uint32_t)sum;
	sum = (sum >> 16) + (uint16_t)sum;
	return (uint32_t)((sum >> 16) + (uint16_t)sum);
}

static inline int forward(uint8_t *frame, int length, enum cause *cause)
{
	uint8_t *ip = frame + ETHERNET;
	uint16_t sum;
	uint32_t address, less;
	uint64_t low;
	uint32_t high = 0x01000000;
	int words, room = length - ETHERNET, total, hop;

	*cause = TRUNCATED;
	if (length < ETHERNET)
		return 0;
	*cause = NOT_IPV4;
	if (big(frame + 12) != 0x0800)
		return 0;
	*cause = TRUNCATED;
	if (length < ETHERNET + MIN_IP)
		return 0;
	*cause = BAD_VERSION;
	if (*ip >> 4 != 4)
		return 0;
	words = *ip & 15;
	*cause = BAD_HEADER_LENGTH;
	if (words < MIN_IP / 4 || words * 4 > room)
		return 0;
	total = big(ip + 2);
	*cause = BAD_TOTAL_LENGTH;
	if (total < words * 4 || total > room)
		return 0;
	*cause = BAD_CHECKSUM;
	if (header_sum(ip, words) != UINT16_MAX)
		return 0;
	*cause = TTL_EXPIRED;
	if (ip[8] <= 1)
		return 0;
	memcpy(&address, ip + 16, sizeof address);
	hop = lookup(ntohl(address));
	*cause = UNROUTED;
	if (hop < 0)
		return 0;
	ip[8]--;
	memcpy(&sum, ip + 10, sizeof sum);
	less = (uint32_t)(UINT16_MAX - sum) + (UINT16_MAX - 1);
	sum = (uint16_t)~((less >> 16) + less);
	memcpy(ip + 10, &sum, sizeof sum);
	low = 0x0002000100000002u | (uint64_t)(uint8_t)hop << 40;
	memcpy(frame, &low, sizeof low);
	memcpy(frame + 8, &high, sizeof high);
	return 1;
}

/* Not inlined, so that the compiler cannot do a round's work once for all. */
__attribute__((noinline)) static int forward_all(const uint8_t *frames, size_t bytes)
{
	uint8_t copy[FRAME];
	int forwarded = 0;

	for (const uint8_t *frame = frames; frame < frames + bytes; frame += FRAME) {
		enum cause cause;

		memcpy(copy, frame, FRAME);
		forwarded += forward(copy, FRAME, &cause);
		__asm__ volatile("" : : "r"(copy), "r"(cause) : "memory");
	}
	return forwarded;
}

static int by_length(const void *a, const void *b)
{
	return ((const struct route *)a)->length - ((const struct route *)b)->length;
}

static void add(const struct route *route)
{
	uint16_t entry = (uint16_t)(route->hop + 1);
	uint16_t *slot = tbl24 + ((route->prefix >> 8) - first), *at;

	if (route->length <= 24) {
		for (uint32_t i = 0; i < 1u << (24 - route->length); i++)
			slot[i] = entry;
		return;
	}
	if (!(*slot & GROUP)) {
		for (int i = 0; i < 256; i++)
			tbl8[groups * 256 + i] = *slot;
		*slot = (uint16_t)(GROUP | groups++);
	}
	at = tbl8 + (*slot & ~GROUP) * 256 + (uint8_t)route->prefix;
	for (int i = 0; i < 1 << (32 - route->length); i++)
		at[i] = entry;
}

static void build(const char *file)
{
	static struct route routes[16384];
	uint32_t last = 0;
	size_t count = 0;
	unsigned a, b, c, d;
	FILE *in = fopen(file, "r");

	if (!in)
		err(1, "%s", file);
	while (count < 16384 && fscanf(in, "%u.%u.%u.%u/%d %d", &a, &b, &c, &d, &routes[count].length, &routes[count].hop) == 6) {
		struct route *route = &routes[count++];

		route->prefix = a << 24 | b << 16 | c << 8 | d;
		if (route->prefix >> 8 < first)
			first = route->prefix >> 8;
		if ((route->prefix | (uint32_t)(UINT64_C(0xffffffff) >> route->length)) >> 8 > last)
			last = (route->prefix | (uint32_t)(UINT64_C(0xffffffff) >> route->length)) >> 8;
	}
	fclose(in);
	entries = last - first + 1;
	tbl24 = calloc(entries, sizeof *tbl24);
	tbl8 = calloc(32768 * 256, sizeof *tbl8);
	if (count == 0 || !tbl24 || !tbl8)
		errx(1, "no routes in %s, or no memory", file);
	qsort(routes, count, sizeof *routes, by_length);
	for (size_t i = 0; i < count; i++)
		add(&routes[i]);
}

int main(int argc, char **argv)
{
	static uint8_t frames[1 << 20];
	size_t bytes;
	int forwarded = 0;
	FILE *in;

	if (argc != 4)
		errx(1, "usage: forward FRAMES ROUTES ROUNDS");
	build(argv[2]);
	in = fopen(argv[1], "r");
	if (!in)
		err(1, "%s", argv[1]);
	bytes = fread(frames, 1, sizeof frames, in) / FRAME * FRAME;
	fclose(in);
	for (int round = atoi(argv[3]); round > 0; round--)
		forwarded += forward_all(frames, bytes);
	printf("forwarded=%d\n", forwarded);
	return 0;
}
