namespace PollScale.Tests.Governors;

/// <summary>So many packets in each of so many decision periods.</summary>
internal sealed record TrafficStep(int Periods, int Packets)
{
    public override string ToString() => $"{Periods} x {Packets}";
}
