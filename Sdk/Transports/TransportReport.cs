namespace PollScale.Transports;

/// <summary>Whether one transport can be used here.</summary>
/// <param name="Name">hypercall, port, mmio, region, guest-channel, cpufreq, socket or loopback.</param>
/// <param name="Usable">It would open now, as far as that can be told without opening it.</param>
/// <param name="Why">What was found, a sentence or two.</param>
/// <param name="WhatToDo">What makes it usable; empty when it is.</param>
public sealed record TransportReport(string Name, bool Usable, string Why, string WhatToDo);
