namespace PollScale.HostStub.Operate;

/// <summary>What hoststub top shows first.</summary>
internal enum TopOrder
{
    /// <summary>The most calls a second.</summary>
    Busy,

    /// <summary>What is not well, or has not what it wishes.</summary>
    Trouble,

    /// <summary>In the order of names.</summary>
    Name,
}
