namespace PollScale.Hypercall;

/// <summary>The one 64-bit result of a call: &gt;= 0 a value, &lt; 0 a <see cref="FrequencyStatus"/>.</summary>
/// <param name="Value">Result as the guest receives it, sign-extended to 64 bits.</param>
public readonly record struct FrequencyReply(long Value)
{
    /// <summary>A reply that carries an error.</summary>
    public FrequencyReply(FrequencyStatus error) : this((long)error)
    {
    }

    /// <summary>True when the host refused or failed.</summary>
    public bool IsError => Value < 0;

    /// <summary>The error, or <see cref="FrequencyStatus.Granted"/>.</summary>
    public FrequencyStatus Status => Value < 0 ? (FrequencyStatus)Math.Max(Value, int.MinValue) : FrequencyStatus.Granted;

    /// <summary>High 16 bits of a packed result (Hello: host version; Limits: fastest allowed index).</summary>
    public int High => (int)(Value >> 16) & 0xFFFF;

    /// <summary>Low 16 bits of a packed result (Hello: P-state count; Limits: slowest allowed index).</summary>
    public int Low => (int)Value & 0xFFFF;

    /// <summary>A packed result as Hello and Limits return it.</summary>
    public static FrequencyReply Pack(int high, int low) => new((long)(ushort)high << 16 | (ushort)low);
}
