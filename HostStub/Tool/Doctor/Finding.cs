namespace PollScale.HostStub.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">Short and fixed, for programs: "kvm", "cpufreq".</param>
/// <param name="Status">How to take it.</param>
/// <param name="What">What was found.</param>
/// <param name="Why">Why that matters; may be empty.</param>
/// <param name="WhatToDo">What to change; empty when nothing needs to be.</param>
internal sealed record Finding(string Name, FindingStatus Status, string What, string Why = "", string WhatToDo = "");
