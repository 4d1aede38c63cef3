using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;
using IrtGpu.Specification;

namespace IrtGpu.Compute.Devices;

/// <summary>Has the device of a calibration opened while its data are read.</summary>
internal static class DevicePreparation
{
    /// <summary>
    /// Begins to open the device that is named; with <c>auto</c> a fast one, where the file is so large that the processor would be busy for longer
    /// than a device takes to start and the method of integration is one that <c>auto</c> takes to it. Nothing else is opened, and nothing thrown: what is wrong with device or file is told where each is used.
    /// </summary>
    /// <param name="options">Device and providers; cycles, standard errors and threads, of which the work depends.</param>
    /// <param name="specification">The model.</param>
    /// <param name="path">Table of responses.</param>
    /// <returns>Closes what no backend has; to be disposed of after the work.</returns>
    public static IDisposable Begin(CalibrationOptions options, ModelSpecification specification, string path)
    {
        if (DeviceName.TryParse(options.Device) is not { } name
            || (name.Kind == DeviceName.Auto && specification.Integration is not (IntegrationMethod.Auto or IntegrationMethod.Grid)))
            return NothingPrepared.Instance;
        IBackendProvider? provider = name.Kind == DeviceName.Auto
            ? options.Providers.FirstOrDefault(known => HostSeconds(options, specification, path) >= known.StartSeconds(null))
            : options.Providers.FirstOrDefault(known => known.Kinds.Contains(name.Kind));
        return provider?.Prepare(name.Kind == DeviceName.Auto ? null : name) ?? NothingPrepared.Instance;
    }

    private static double HostSeconds(CalibrationOptions options, ModelSpecification specification, string path)
    {
        try
        {
            long bytes = new FileInfo(path).Length;
            if (bytes == 0) // a pipe, of which nothing may be taken
                return 0;
            using TableReader table = TableReader.Open(path);
            int columns = ColumnNames.Read(table, path, new ProblemLog()).Length;
            return columns == 0 ? 0 : WorkEstimate.HostSeconds(bytes, columns, specification, options);
        }
        catch (Exception exception) when (exception is DataException or IOException or UnauthorizedAccessException)
        {
            return 0; // reading tells it
        }
    }
}
