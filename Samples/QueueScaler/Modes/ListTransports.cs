using PollScale.Samples.QueueScaler.CommandLine;
using PollScale.Transports;

namespace PollScale.Samples.QueueScaler.Modes;

/// <summary>Says which transports are usable here, and what to do about the others.</summary>
internal static class ListTransports
{
    /// <summary>Prints a line for each.</summary>
    /// <returns>True when one other than loopback is usable.</returns>
    public static bool Run(HostOptions host)
    {
        bool any = false;
        foreach (TransportReport report in FrequencyTransport.Survey(new TransportSurveyOptions
        {
            Lcore = Math.Max(0, host.Cpu),
            Cpu = host.Cpu >= 0 ? host.Cpu : null,
            SocketFd = host.CallFd,
        }))
        {
            any |= report.Usable && report.Name != "loopback";
            Output.Line($"{report.Name}: {(report.Usable ? "usable" : "not usable")}. {report.Why}{(report.WhatToDo.Length > 0 ? $" {report.WhatToDo}" : "")}");
        }

        return any;
    }
}
