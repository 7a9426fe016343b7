// What the lab's programs share of DPDK's guest channel: sizes, offsets and numbers of its packets (rte_power_guest_channel.h).
#ifndef GUEST_CHANNEL_H
#define GUEST_CHANNEL_H

#include <stdint.h>
#include <string.h>

enum {
	PACKET_BYTES = 464, FREQUENCIES_BYTES = 88, UNIT_AT = 8, COMMAND_AT = 12, FREQUENCIES_AT = 48, CHANNEL_VCPUS = 8, VCPUS_AT = 80,
	SCALE_UP = 1, SCALE_DOWN = 2, SCALE_MAX = 3, SCALE_MIN = 4,
	CPU_POWER = 1, QUERY_FREQUENCY = 8,
	ACK = 1, NACK = 2, FREQUENCIES = 3,
};

static inline uint32_t field(const unsigned char *packet, int offset)
{
	uint32_t value;
	memcpy(&value, packet + offset, sizeof value);
	return value;
}

static inline void set_field(unsigned char *packet, int offset, uint32_t value)
{
	memcpy(packet + offset, &value, sizeof value);
}

#endif
