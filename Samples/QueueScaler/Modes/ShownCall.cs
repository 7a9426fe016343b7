using System.Globalization;
using PollScale.Hypercall;
using PollScale.Transports;

namespace PollScale.Samples.QueueScaler.Modes;

/// <summary>A call that is printed with its reply: <c>op argument -> result</c>.</summary>
internal static class ShownCall
{
    /// <summary>Makes a call and prints it.</summary>
    public static FrequencyReply Make(IFrequencyTransport transport, FrequencyOp op, long argument)
    {
        FrequencyCall call = new(op, argument);
        FrequencyReply reply = transport.Call(call);
        Show(call, reply);
        return reply;
    }

    /// <summary>Prints a call that was made.</summary>
    public static void Show(FrequencyCall call, FrequencyReply reply) => Output.Line($"{call.Op} {call.Argument} -> {Text(reply)}");

    /// <summary>A reply in a line: the result, or the error's name and number.</summary>
    public static string Text(FrequencyReply reply) =>
        reply.IsError ? $"{reply.Status} ({reply.Value})" : reply.Value.ToString(CultureInfo.InvariantCulture);
}
