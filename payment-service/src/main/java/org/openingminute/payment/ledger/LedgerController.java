package org.openingminute.payment.ledger;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.table.CsvFile;
import org.openingminute.kit.table.TableDownloads;
import org.openingminute.kit.table.TableDownloads.TableDownload;
import org.openingminute.kit.table.TableFile;
import org.openingminute.kit.table.XlsxFile;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.payment.ledger.LedgerReader.Entry;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Downloads of a conference's postings, for one day or for a span of time. */
@RestController
@RequestMapping("/api/admin/conferences/{slug}")
@Tag(name = "Ledger")
final class LedgerController {

    private static final String CSV = "text/csv";
    private static final String XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    private static final String ROWS = "A row for each posting, in the order of business time; amounts in minor units";
    private static final String DAY =
            "The day, such as 2026-05-18, is one of the conference's zone and of business time.";
    private static final String SPAN =
            "From and to are instants, the last not included, or days of the conference's zone, both included."
                    + " What is left out is open.";

    /** The most downloads in progress at this instance. */
    private static final int AT_ONCE = 2;

    private static final List<String> COLUMNS =
            List.of("at", "day", "registration", "reference", "act", "debit", "credit", "amount", "currency", "about");

    private final TableDownloads downloads = new TableDownloads(AT_ONCE);
    private final CallerResolver callers;
    private final ConferenceRepository conferences;
    private final LedgerReader ledger;
    private final AuditLog audit;

    LedgerController(CallerResolver callers, ConferenceRepository conferences, LedgerReader ledger, AuditLog audit) {
        this.callers = callers;
        this.conferences = conferences;
        this.ledger = ledger;
        this.audit = audit;
    }

    /** A file and the person who requests it. */
    private record LedgerFile(
            String name, String act, ObjectNode choice, TableFile.Format format, Person reader, String conference) {}

    @Operation(summary = "A day's postings as CSV", description = DAY)
    @ApiResponse(
            responseCode = "200",
            description = ROWS,
            content = @Content(mediaType = CSV, schema = @Schema(type = "string")))
    @GetMapping("/money.csv")
    void moneyAsCsv(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String day,
            HttpServletRequest request,
            HttpServletResponse response) {
        money(slug, day, CsvFile.FORMAT, request, response);
    }

    @Operation(summary = "The same as a workbook", description = DAY)
    @ApiResponse(
            responseCode = "200",
            description = ROWS + "; a new sheet after a million rows",
            content = @Content(mediaType = XLSX, schema = @Schema(type = "string", format = "binary")))
    @GetMapping("/money.xlsx")
    void moneyAsWorkbook(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String day,
            HttpServletRequest request,
            HttpServletResponse response) {
        money(slug, day, XlsxFile.FORMAT, request, response);
    }

    private void money(
            String slug,
            @Nullable String day,
            TableFile.Format format,
            HttpServletRequest request,
            HttpServletResponse response) {
        Person reader = callers.staff(request, Permission.KEEP_ACCOUNTS, slug).person();
        ZoneId zone = zone(slug);
        LedgerSpan span = LedgerSpan.ofDay(day, zone);
        ObjectNode choice = JsonNodeFactory.instance.objectNode().put("day", day);
        LedgerFile file = new LedgerFile("money-" + day, "exported a day's money", choice, format, reader, slug);
        send(file, span, zone, request, response);
    }

    @Operation(summary = "The postings of a span as CSV", description = SPAN)
    @ApiResponse(
            responseCode = "200",
            description = ROWS,
            content = @Content(mediaType = CSV, schema = @Schema(type = "string")))
    @GetMapping("/ledger.csv")
    void ledgerAsCsv(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            HttpServletRequest request,
            HttpServletResponse response) {
        ledger(slug, from, to, CsvFile.FORMAT, request, response);
    }

    @Operation(summary = "The same as a workbook", description = SPAN)
    @ApiResponse(
            responseCode = "200",
            description = ROWS + "; a new sheet after a million rows",
            content = @Content(mediaType = XLSX, schema = @Schema(type = "string", format = "binary")))
    @GetMapping("/ledger.xlsx")
    void ledgerAsWorkbook(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            HttpServletRequest request,
            HttpServletResponse response) {
        ledger(slug, from, to, XlsxFile.FORMAT, request, response);
    }

    private void ledger(
            String slug,
            @Nullable String from,
            @Nullable String to,
            TableFile.Format format,
            HttpServletRequest request,
            HttpServletResponse response) {
        Person reader = callers.staff(request, Permission.KEEP_ACCOUNTS, slug).person();
        ZoneId zone = zone(slug);
        LedgerSpan span = LedgerSpan.of(from, to, zone);
        ObjectNode choice =
                JsonNodeFactory.instance.objectNode().put("from", from).put("to", to);
        LedgerFile file = new LedgerFile("ledger", "exported the ledger", choice, format, reader, slug);
        send(file, span, zone, request, response);
    }

    private ZoneId zone(String slug) {
        return conferences.find(slug).orElseThrow(Problem::notFound).zone();
    }

    private void send(
            LedgerFile file, LedgerSpan span, ZoneId zone, HttpServletRequest request, HttpServletResponse response) {
        String slug = file.conference();
        ObjectNode choice = file.choice().put("format", file.format().ending());
        Supplier<List<Entry>> pages = ledger.walk(slug, span);
        downloads.send(
                request,
                response,
                new TableDownload(
                        slug + "-" + file.name(),
                        "ledger",
                        COLUMNS,
                        file.format(),
                        () -> pages.get().stream()
                                .map(entry -> row(entry, zone))
                                .toList(),
                        () -> audit.write(
                                new Person.AuditEntry(file.reader(), file.act(), slug, null, null, choice, null))));
    }

    private static List<Object> row(Entry entry, ZoneId zone) {
        return List.of(
                entry.at(),
                LocalDate.ofInstant(entry.at(), zone),
                entry.registration(),
                entry.reference(),
                entry.act(),
                entry.debit(),
                entry.credit(),
                entry.amount(),
                entry.currency(),
                entry.about());
    }
}
