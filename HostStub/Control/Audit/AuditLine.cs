using System.Buffers;
using System.Globalization;
using System.Text.Json;
using PollScale.HostStub.Policy;
using PollScale.Notation;

namespace PollScale.HostStub.Audit;

/// <summary>Lines of the audit log: a JSON object each; names and units are docs/operating.md's.</summary>
/// <param name="tscHz">TSC ticks a second.</param>
internal sealed class AuditLine(double tscHz)
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>A decision.</summary>
    public ReadOnlySpan<byte> Of(in AuditEntry entry, DateTimeOffset time)
    {
        AuditRecord record = entry.Record;
        using (Utf8JsonWriter json = Begin(time))
        {
            json.WriteString("guest", record.Guest);
            json.WriteNumber("vcpu", record.Vcpu);
            WriteUnless(json, "pcpu", record.Pcpu, -1);
            if (record.Result != CallVerdict.Withdrawn)
            {
                json.WriteString("asked", Enum.IsDefined(record.Call.Op) ? WordText.Of(record.Call.Op) : "unknown");
                json.WriteNumber("argument", record.Call.Argument);
            }

            WriteDecision(json, record.Result, record.Reason);
            WriteUnless(json, "p_state", record.PState, -1);
            WriteUnless(json, "khz", record.KHz, 0);
            if (record.OneWay && record.Result is not (CallVerdict.Granted or CallVerdict.Unchanged))
            {
                json.WriteBoolean("one_way", true); // what the guest believes is not so
            }

            if (record.InKernel)
            {
                json.WriteBoolean("in_kernel", true); // how long it took nobody noted
            }
            else
            {
                WriteLatency(json, entry);
            }

            json.WriteEndObject();
        }

        return End();
    }

    /// <summary>How often a kind of decision came again.</summary>
    public ReadOnlySpan<byte> Of(in AuditRepeats repeats, DateTimeOffset time)
    {
        double seconds = repeats.Ticks / tscHz;
        using (Utf8JsonWriter json = Begin(time))
        {
            json.WriteString("guest", repeats.Guest);
            WriteDecision(json, repeats.Result, repeats.Reason);
            json.WriteNumber("repeats", repeats.Repeats);
            json.WriteNumber("seconds", Math.Round(seconds, 3));
            json.WriteNumber("per_second", seconds > 0 ? Math.Round(repeats.Repeats / seconds, 1) : repeats.Repeats);
            json.WriteEndObject();
        }

        return End();
    }

    /// <summary>What an operator did.</summary>
    public ReadOnlySpan<byte> Of(OperatorAct act, DateTimeOffset time)
    {
        using (Utf8JsonWriter json = Begin(time))
        {
            json.WriteNumber("operator", act.User);
            json.WriteNumber("process", act.Process);
            json.WriteString("guest", act.Guest);
            WriteUnless(json, "vcpu", act.Vcpu ?? -1, -1);
            json.WriteString("set", act.Set);
            if (act.Refused is string why)
            {
                json.WriteString("refused", why);
            }

            json.WriteEndObject();
        }

        return End();
    }

    /// <summary>Decisions that the log does not have.</summary>
    public ReadOnlySpan<byte> OfLost(ulong dropped, ulong unwritten, DateTimeOffset time)
    {
        using (Utf8JsonWriter json = Begin(time))
        {
            json.WriteNumber("dropped", dropped);
            json.WriteNumber("unwritten", unwritten);
            json.WriteEndObject();
        }

        return End();
    }

    private void WriteLatency(Utf8JsonWriter json, in AuditEntry entry) =>
        json.WriteNumber("latency_us", Math.Round((entry.DoneTsc > entry.Record.Tsc ? entry.DoneTsc - entry.Record.Tsc : 0) / tscHz * 1e6, 3));

    private static void WriteDecision(Utf8JsonWriter json, CallVerdict result, AuditReason reason)
    {
        json.WriteString("decided", WordText.Of(result));
        json.WriteString("reason", WordText.Of(reason));
    }

    private static void WriteUnless(Utf8JsonWriter json, string name, long value, long none)
    {
        if (value != none)
        {
            json.WriteNumber(name, value);
        }
    }

    private Utf8JsonWriter Begin(DateTimeOffset time)
    {
        _buffer.ResetWrittenCount();
        Utf8JsonWriter json = new(_buffer);
        json.WriteStartObject();
        json.WriteString("time", time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
        return json;
    }

    private ReadOnlySpan<byte> End()
    {
        _buffer.Write("\n"u8);
        return _buffer.WrittenSpan;
    }
}
