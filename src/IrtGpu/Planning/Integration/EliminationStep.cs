namespace IrtGpu.Planning.Integration;

/// <summary>One attribute summed out: what remains of everything that has it is a message to the step of another attribute.</summary>
/// <param name="Index">Its place in the order; children come before.</param>
/// <param name="Attribute">The attribute.</param>
/// <param name="Separator">
/// Attributes that the message depends on, those that are summed out last standing first; empty where the message is a number.
/// </param>
/// <param name="Parent">The step that the message goes to, that of the last attribute of the separator; −1 where there is none.</param>
/// <param name="Children">Steps whose messages come in, ascending.</param>
/// <param name="Items">Items whose attributes are all here, and of which this step sums out the first. [position]</param>
/// <param name="Populations">Sets of correlated attributes whose density enters here: <see cref="EliminationTree.Populations"/>.</param>
internal sealed record EliminationStep(int Index, int Attribute, int[] Separator, int Parent, int[] Children, int[] Items, int[] Populations);
