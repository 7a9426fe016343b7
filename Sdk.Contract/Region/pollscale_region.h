/* SPDX-License-Identifier: MIT */
/* The page that a VM shares with its host, version 1: docs/hypercall-abi.md is the contract, RegionLayout.cs says the same in C#. */
#ifndef POLLSCALE_REGION_H
#define POLLSCALE_REGION_H

#include <stddef.h>
#include <stdint.h>

#define POLLSCALE_REGION_MAGIC "PollScaleKVM"
#define POLLSCALE_REGION_VERSION 1u
#define POLLSCALE_REGION_SIZE 0x10000u
#define POLLSCALE_REGION_MAX_VCPUS 224u
#define POLLSCALE_REGION_MAX_PSTATES 64u
#define POLLSCALE_REGION_HEARTBEAT_MS 100u
#define POLLSCALE_REGION_LAPSE_MS 2000u
#define POLLSCALE_REGION_REPEAT_MS 500u
#define POLLSCALE_REGION_DOORBELL 12u /* in BAR 0: peer << 16 | vcpu */

#define POLLSCALE_REGION_CONTROL_GRANTED (1u << 0)
#define POLLSCALE_REGION_EMULATED (1u << 1)
#define POLLSCALE_REGION_HYPERCALLS_OBSERVED (1u << 2)
#define POLLSCALE_REGION_HYPERCALLS_ANSWERED (1u << 3)
#define POLLSCALE_REGION_HOST_SPINS (1u << 4)

struct pollscale_region_header {
	char magic[12];
	uint32_t version;
	uint32_t abi_version;
	uint32_t flags;
	uint32_t vcpus;
	uint32_t doorbell_peer;
	uint32_t slot_offset;
	uint32_t slot_stride;
	uint32_t status_offset;
	uint32_t status_stride;
	uint64_t nonce;
	uint64_t heartbeat;
	uint32_t pstates;
	uint32_t fastest_allowed;
	uint32_t slowest_allowed;
	uint32_t transition_latency_ns;
	uint32_t khz[POLLSCALE_REGION_MAX_PSTATES];
	uint32_t apic_ids[POLLSCALE_REGION_MAX_VCPUS];
};

struct pollscale_region_slot {
	uint64_t request; /* the guest's, one store: see pollscale_region_request */
	uint8_t reserved0[56];
	int64_t result; /* the host's, as what follows */
	uint32_t dropped;
	uint32_t echo; /* written last */
	uint8_t reserved1[48];
};

struct pollscale_region_status {
	uint32_t lock; /* odd while it is written */
	uint32_t abi_version;
	uint32_t pstate;
	uint32_t khz;
	uint64_t applied_ns;
	uint64_t changes;
	uint32_t stretch_q16;
	uint8_t reserved0[12];
	uint32_t applied_sequence;
	uint8_t reserved1[12];
};

struct pollscale_region {
	struct pollscale_region_header header;
	uint8_t reserved0[0x1000 - sizeof(struct pollscale_region_header)];
	struct pollscale_region_slot slots[POLLSCALE_REGION_MAX_VCPUS];
	struct pollscale_region_status statuses[POLLSCALE_REGION_MAX_VCPUS];
	uint8_t reserved1[POLLSCALE_REGION_SIZE - 0x8000 - POLLSCALE_REGION_MAX_VCPUS * sizeof(struct pollscale_region_status)];
};

/* A request; SEQUENCE is never 0, OP that of the hypercall ABI, ARGUMENT an int16_t. */
static inline uint64_t pollscale_region_request(uint32_t sequence, uint8_t op, int posted, int16_t argument)
{
	return sequence | (uint64_t)op << 32 | (uint64_t)(posted != 0) << 40 | (uint64_t)(uint16_t)argument << 48;
}

#endif
