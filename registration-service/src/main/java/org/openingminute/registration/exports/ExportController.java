package org.openingminute.registration.exports;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.table.CsvFile;
import org.openingminute.kit.table.TableFile;
import org.openingminute.kit.table.XlsxFile;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.desk.RegistrationFilter;
import org.openingminute.registration.desk.RegistrationFilter.Choices;
import org.openingminute.registration.desk.RegistrationFilter.PageRequest;
import org.openingminute.registration.desk.RegistrationWalks;
import org.openingminute.registration.exports.Exports.Export;
import org.openingminute.registration.sale.SaleTerms;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The downloads of a conference's registrations and attendees. */
@RestController
@Tag(name = "Exports")
@RequestMapping("/api/admin/conferences/{slug}")
class ExportController {

    private static final String CSV = "text/csv";
    private static final String XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    private static final String WITH_NEEDS =
            "With `needs=true` the columns `dietary` and `accessibility` are added, for which a reason is required.";

    private final Exports exports;
    private final RegistrationWalks registrations;
    private final Conferences conferences;
    private final CallerResolver callers;

    ExportController(
            Exports exports, RegistrationWalks registrations, Conferences conferences, CallerResolver callers) {
        this.exports = exports;
        this.registrations = registrations;
        this.conferences = conferences;
        this.callers = callers;
    }

    @Operation(summary = "Registrations as CSV, all or those that the filters of the list choose, oldest first")
    @ApiResponse(
            responseCode = "200",
            description = "A row for each registration; amounts in minor units",
            content = @Content(mediaType = CSV, schema = @Schema(type = "string")))
    @GetMapping("/registrations.csv")
    void registrationsAsCsv(
            @PathVariable String slug,
            @ParameterObject Choices chosen,
            HttpServletRequest request,
            HttpServletResponse response) {
        registrations(slug, chosen, CsvFile.FORMAT, request, response);
    }

    @Operation(summary = "The same as a workbook")
    @ApiResponse(
            responseCode = "200",
            description = "A row for each registration; amounts in minor units; a new sheet after a million rows",
            content = @Content(mediaType = XLSX, schema = @Schema(type = "string", format = "binary")))
    @GetMapping("/registrations.xlsx")
    void registrationsAsWorkbook(
            @PathVariable String slug,
            @ParameterObject Choices chosen,
            HttpServletRequest request,
            HttpServletResponse response) {
        registrations(slug, chosen, XlsxFile.FORMAT, request, response);
    }

    private void registrations(
            String slug,
            Choices chosen,
            TableFile.Format format,
            HttpServletRequest request,
            HttpServletResponse response) {
        Person reader = callers.staff(request, Permission.KEEP_ACCOUNTS, slug).person();
        conferences.require(slug);
        exports.send(
                new Export(reader, slug, ExportTable.registrations(), format, chosen.given(), null),
                registrations.chosen(slug, RegistrationFilter.of(chosen, new PageRequest(null, null, null))),
                request,
                response);
    }

    @Operation(summary = "Attendees as CSV, those of ended registrations included", description = WITH_NEEDS)
    @ApiResponse(
            responseCode = "200",
            description = "A row for each attendee",
            content = @Content(mediaType = CSV, schema = @Schema(type = "string")))
    @GetMapping("/attendees.csv")
    void attendeesAsCsv(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String needs,
            @RequestParam(required = false) @Nullable String reason,
            HttpServletRequest request,
            HttpServletResponse response) {
        attendees(slug, new NeedsRequest(needs, reason), CsvFile.FORMAT, request, response);
    }

    @Operation(summary = "The same as a workbook", description = WITH_NEEDS)
    @ApiResponse(
            responseCode = "200",
            description = "A row for each attendee; a new sheet after a million rows",
            content = @Content(mediaType = XLSX, schema = @Schema(type = "string", format = "binary")))
    @GetMapping("/attendees.xlsx")
    void attendeesAsWorkbook(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String needs,
            @RequestParam(required = false) @Nullable String reason,
            HttpServletRequest request,
            HttpServletResponse response) {
        attendees(slug, new NeedsRequest(needs, reason), XlsxFile.FORMAT, request, response);
    }

    private void attendees(
            String slug,
            NeedsRequest wanted,
            TableFile.Format format,
            HttpServletRequest request,
            HttpServletResponse response) {
        Person reader = organiser(slug, request);
        boolean needs = wanted.areWanted();
        ExportTable table = needs ? ExportTable.needs() : ExportTable.attendees();
        @Nullable String why = needs ? wanted.why() : null;
        all(new Export(reader, slug, table, format, Map.of(), why), request, response);
    }

    @Operation(summary = "Add-ons as CSV")
    @ApiResponse(
            responseCode = "200",
            description = "A row for each add-on of an attendee",
            content = @Content(mediaType = CSV, schema = @Schema(type = "string")))
    @GetMapping("/add-ons.csv")
    void addOnsAsCsv(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        addOns(slug, CsvFile.FORMAT, request, response);
    }

    @Operation(summary = "The same as a workbook")
    @ApiResponse(
            responseCode = "200",
            description = "A row for each add-on of an attendee; a new sheet after a million rows",
            content = @Content(mediaType = XLSX, schema = @Schema(type = "string", format = "binary")))
    @GetMapping("/add-ons.xlsx")
    void addOnsAsWorkbook(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        addOns(slug, XlsxFile.FORMAT, request, response);
    }

    private void addOns(
            String slug, TableFile.Format format, HttpServletRequest request, HttpServletResponse response) {
        Person reader = organiser(slug, request);
        ExportTable table = ExportTable.addOns(terms(slug));
        all(new Export(reader, slug, table, format, Map.of(), null), request, response);
    }

    @Operation(summary = "What is printed on badges, as CSV")
    @ApiResponse(
            responseCode = "200",
            description = "A row for each attendee whose ticket is valid",
            content = @Content(mediaType = CSV, schema = @Schema(type = "string")))
    @GetMapping("/badges.csv")
    void badgesAsCsv(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        badges(slug, CsvFile.FORMAT, request, response);
    }

    @Operation(summary = "The same as a workbook")
    @ApiResponse(
            responseCode = "200",
            description = "A row for each attendee whose ticket is valid; a new sheet after a million rows",
            content = @Content(mediaType = XLSX, schema = @Schema(type = "string", format = "binary")))
    @GetMapping("/badges.xlsx")
    void badgesAsWorkbook(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        badges(slug, XlsxFile.FORMAT, request, response);
    }

    private void badges(
            String slug, TableFile.Format format, HttpServletRequest request, HttpServletResponse response) {
        Person reader = organiser(slug, request);
        ExportTable table = ExportTable.badges(terms(slug));
        all(new Export(reader, slug, table, format, Map.of(), null), request, response);
    }

    private Person organiser(String slug, HttpServletRequest request) {
        Person reader = callers.staff(request, Permission.ORGANISE, slug).person();
        conferences.require(slug);
        return reader;
    }

    private SaleTerms terms(String slug) {
        return conferences.require(slug).definition().registration();
    }

    private void all(Export export, HttpServletRequest request, HttpServletResponse response) {
        exports.send(export, registrations.all(export.conference()), request, response);
    }
}
