namespace PollScale.HostStub.Report.Kit;

/// <summary>Marks failures whose report has its summary already: they get no second one.</summary>
internal static class ReportedFailure
{
    private const string Mark = "reported";

    /// <summary>Marks it.</summary>
    public static void Set(Exception failure) => failure.Data[Mark] = true;

    /// <summary>Whether it, or what it was thrown for, is marked.</summary>
    public static bool IsSet(Exception failure) => failure.Data.Contains(Mark) || (failure.InnerException is Exception inner && IsSet(inner));
}
