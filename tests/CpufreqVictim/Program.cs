using PollScale.Cpufreq;

// Takes and gives back a policy, again and again, until it is killed: CpufreqVictim ROOT LEASE-FOLDER SEED [hold].
// With "hold" it takes the policy once and waits for a signal.
CpufreqOptions options = new() { Root = args[0], Cpu = 0, LeaseFolder = args[1], RestoreOnSignals = true };
Random random = new(int.Parse(args[2]));
bool hold = args.Length > 3;
while (true)
{
    CpufreqScaler scaler = CpufreqScaler.Open(options);
    int changes = random.Next(1, 20);
    for (int i = 0; i < changes; i++)
    {
        scaler.Set(random.Next(scaler.PStates.Count));
        if (random.Next(4) == 0)
        {
            Thread.Sleep(1);
        }
    }

    Console.WriteLine("round");
    if (hold)
    {
        Thread.Sleep(Timeout.Infinite);
    }

    scaler.Dispose();
}
