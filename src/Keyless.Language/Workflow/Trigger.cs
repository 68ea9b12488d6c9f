using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow;

/// <summary>One event of <c>on</c> with its activity types and filters.</summary>
public sealed record Trigger(string Event, SourceSpan Span)
{
    /// <summary>The activity types that fire; default when there is no <c>types</c> key.</summary>
    public ImmutableArray<string> Types { get; init; }

    public PatternFilter? Branches { get; init; }

    public PatternFilter? Tags { get; init; }

    public PatternFilter? Paths { get; init; }

    /// <summary>The names that <c>workflow_run</c> listens for.</summary>
    public ImmutableArray<string> Workflows { get; init; } = [];

    public ImmutableArray<Schedule> Schedules { get; init; } = [];
}

/// <summary>A time of <c>on.schedule</c>.</summary>
public sealed record Schedule(string Cron, string? TimeZone, SourceSpan Span);
