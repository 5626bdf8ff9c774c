package org.openingminute.registration.exports;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.table.TableDownloads;
import org.openingminute.kit.table.TableDownloads.TableDownload;
import org.openingminute.kit.table.TableFile;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.registration.admission.BusinessClock;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.lifecycle.Registration;
import org.springframework.stereotype.Service;

/** Streams a conference's registrations as files, and records each download in the audit. */
@Service
class Exports {

    /** The most downloads in progress at this instance. */
    private static final int AT_ONCE = 2;

    private final TableDownloads downloads = new TableDownloads(AT_ONCE);
    private final AuditLog audit;
    private final BusinessClock clock;

    Exports(AuditLog audit, BusinessClock clock) {
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * A download by a member of staff.
     *
     * @param conference its slug
     * @param choice the chosen filters, for the audit
     * @param why the reader's reason; {@code null} if none is required
     */
    record Export(
            Person reader,
            String conference,
            ExportTable table,
            TableFile.Format format,
            Map<String, String> choice,
            @Nullable String why) {}

    /**
     * Streams the file. The audit entry is written before the first byte is sent.
     *
     * @param registrations returns one page per call, and an empty page at the end
     * @throws Problem {@code unavailable} if too many downloads are in progress
     */
    void send(
            Export export,
            Supplier<List<Registration>> registrations,
            HttpServletRequest request,
            HttpServletResponse response) {
        ExportTable table = export.table();
        downloads.send(
                request,
                response,
                new TableDownload(
                        export.conference() + "-" + table.name(),
                        table.name(),
                        table.columns(),
                        export.format(),
                        () -> rows(table, registrations),
                        () -> note(export)));
    }

    /** Returns the rows of the next page that has any: an empty list would end the file. */
    private static List<List<Object>> rows(ExportTable table, Supplier<List<Registration>> registrations) {
        List<Registration> page = registrations.get();
        List<List<Object>> rows = page.stream().flatMap(table.rows()).toList();
        while (rows.isEmpty() && !page.isEmpty()) {
            page = registrations.get();
            rows = page.stream().flatMap(table.rows()).toList();
        }
        return rows;
    }

    private void note(Export export) {
        Map<String, String> what = new LinkedHashMap<>();
        what.put("format", export.format().ending());
        what.putAll(export.choice());
        audit.write(
                new Person.AuditEntry(
                        export.reader(),
                        export.table().act(),
                        export.conference(),
                        null,
                        null,
                        Documents.treeOf(what),
                        export.why()),
                clock.now());
    }
}
