// Polls a Linux interface through AF_PACKET's ring and follows what a scaled core would have saved; makes traffic for it, too. docs/dotnet.md shows both on a veth pair.
using System.Globalization;
using PollScale.Samples.AfPacket;

const string Usage = """
    usage: afpacket poll INTERFACE [SECONDS [shadow|cpufreq|none]]    polls, until Ctrl-C unless told how long
           afpacket send INTERFACE [SECONDS [PACKETS]]                sends PACKETS a second [200000] in every other half second
    """;

using CancellationTokenSource end = new();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    end.Cancel();
};

try
{
    switch (args)
    {
        case ["poll", string name, .. { Length: <= 2 } rest]:
            End(rest);
            InterfaceLoop.Run(name, rest.Length > 1 ? rest[1] : "shadow", end.Token);
            return 0;
        case ["send", string name, .. { Length: <= 2 } rest]:
            End(rest);
            FrameSender.Run(name, rest.Length > 1 ? Number(rest[1]) : 200_000, end.Token);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 1;
    }
}
catch (ArgumentException e)
{
    Console.Error.WriteLine($"{e.Message}\n{Usage}");
    return 1;
}
catch (Exception e) when (e is IOException or PollScale.Transports.FrequencyControlUnavailableException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

void End(string[] rest)
{
    if (rest.Length > 0)
    {
        end.CancelAfter(TimeSpan.FromSeconds(Number(rest[0])));
    }
}

static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 10_000_000
    ? number
    : throw new ArgumentException($"'{text}' is not a number from 1 to 10000000.");
