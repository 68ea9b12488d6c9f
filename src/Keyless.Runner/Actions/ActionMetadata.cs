using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;

namespace Keyless.Runner.Actions;

/// <summary>Where an action's files are and how it was named.</summary>
/// <param name="Path">The folder with <c>action.yml</c>.</param>
/// <param name="Repository"><c>owner/repo</c>; empty for a local action.</param>
public sealed record ActionFolder(string Path, string Repository, string Ref);

/// <summary>An action by its place: where its files are, what its metadata says.</summary>
public sealed record LoadedAction(ActionFolder Folder, ActionFile File);
