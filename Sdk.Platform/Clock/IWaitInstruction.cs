namespace PollScale.Clock;

/// <summary>WAITPKG's instructions, or what stands for them in a test. Each may end before its time: by the system's limit, an interrupt, or what the CPU likes.</summary>
internal interface IWaitInstruction
{
    /// <summary>Waits until a time.</summary>
    /// <param name="deadline">TSC at the end.</param>
    void Pause(ulong deadline);

    /// <summary>Waits until a time, or a store to a word; not at all where the word is not as it was seen.</summary>
    /// <param name="word">The word, in ordinary memory, a multiple of 4.</param>
    /// <param name="seen">What it held.</param>
    /// <param name="deadline">TSC at the end.</param>
    void Monitor(ref readonly uint word, uint seen, ulong deadline);
}
