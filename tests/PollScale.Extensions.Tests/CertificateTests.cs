using Microsoft.Extensions.Logging;
using PollScale.Governors;
using PollScale.Hypercall;
using PollScale.Polling;
using Xunit;

namespace PollScale.Extensions.Tests;

public class CertificateTests
{
    [Fact]
    public void A_certificate_that_is_withdrawn_is_logged_once_by_whoever_looks()
    {
        Recorder recorder = new();
        Surprised governor = new();
        LossStatement statement = new(
            new LossPremises
            {
                PStates = new PStateTable([3_000_000, 1_000_000], 0, 1, 10_000),
                Cost = new ServiceCost(100),
                PeakPacketsPerSecond = 1e6,
                RingSize = 4096,
                TransitionLatency = TimeSpan.FromMicroseconds(10),
                Actuator = ActuatorPremises.Covered,
                Governor = governor,
                DecisionPeriod = TimeSpan.FromMicroseconds(20),
                CallTime = TimeSpan.FromMicroseconds(1),
            },
            [],
            recorder.CreateLogger("scaler"));
        Assert.True(statement.Certificate!.LossFree, statement.Certificate.Text);
        Assert.Empty(recorder.Events);

        governor.Surprise = ActuatorSurprise.Late;
        Assert.Empty(recorder.Events);
        string warning = Assert.Single(statement.Warnings);
        _ = statement.Certificate;

        (_, LogLevel level, EventId id, string text) = Assert.Single(recorder.Events);
        Assert.Equal((LogLevel.Warning, 2, "CertificateWithdrawn", warning), (level, id.Id, id.Name, text));
    }

    private sealed class Surprised : ILossBoundGovernor
    {
        public double HighWater => 1;

        public double PeakPacketsPerSecond => 1e6;

        public TimeSpan ActuatorLatency => TimeSpan.FromMicroseconds(10);

        public ActuatorSurprise Surprise { get; set; }

        public ScalingDecision Decide(in QueueSample sample) => default;
    }
}
