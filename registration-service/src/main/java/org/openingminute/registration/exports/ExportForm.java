package org.openingminute.registration.exports;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.QueryValues;
import org.openingminute.registration.desk.RegistrationFilter;
import org.openingminute.registration.desk.RegistrationFilter.Choices;
import org.openingminute.registration.desk.RegistrationFilter.PageRequest;
import org.springframework.web.util.UriUtils;

/** The input of the page of downloads. Days are those of the conference's time zone. Immutable. */
record ExportForm(Map<String, String> typed) {

    private static final List<String> FILTERS =
            List.of("q", "status", "category", "phase", "method", "payment", "voucher", "need");

    private static final List<String> FIELDS = List.of("from", "to", "reason", "day", "ledgerFrom", "ledgerTo");

    /** The files that finance may download as well as organisers. */
    private static final Set<String> OF_ACCOUNTS =
            Set.of("registrations.csv", "registrations.xlsx", "money.csv", "money.xlsx", "ledger.csv", "ledger.xlsx");

    ExportForm {
        typed = Map.copyOf(typed);
    }

    static ExportForm of(HttpServletRequest request) {
        Map<String, String> typed = new LinkedHashMap<>();
        for (List<String> names : List.of(FILTERS, FIELDS)) {
            names.forEach(name -> typed.put(
                    name,
                    Objects.requireNonNullElse(request.getParameter(name), "").strip()));
        }
        return new ExportForm(typed);
    }

    /** Restores the form's input from the address of a file. */
    static ExportForm ofFile(HttpServletRequest request, ZoneId zone) {
        Map<String, String> typed = new LinkedHashMap<>(of(request).typed());
        typed.computeIfPresent("from", (name, at) -> dayOf(name, at, zone, 0));
        typed.computeIfPresent("to", (name, at) -> dayOf(name, at, zone, 1));
        return new ExportForm(typed);
    }

    /** Returns the day of an instant, minus a number of days. */
    private static String dayOf(String name, String at, ZoneId zone, int before) {
        return at.isEmpty()
                ? ""
                : LocalDate.ofInstant(QueryValues.instant(name, at), zone)
                        .minusDays(before)
                        .toString();
    }

    /** Whether only organisers may download a file. */
    static boolean isOrganisers(String file) {
        return !OF_ACCOUNTS.contains(file);
    }

    /**
     * Returns the address of a file with the form's input as its query.
     *
     * @param file name from the button that was pressed
     * @throws Problem {@code invalid} for invalid input, {@code not-found} if there is no such file
     */
    String address(String file, String slug, ZoneId zone) {
        Map<String, String> query = new LinkedHashMap<>();
        String name = file;
        switch (file) {
            case "registrations.csv", "registrations.xlsx" -> {
                FILTERS.forEach(filter -> put(query, filter, text(filter)));
                put(query, "from", beginOf("from", zone, 0));
                put(query, "to", beginOf("to", zone, 1));
                check(query);
            }
            case "attendees.csv", "attendees.xlsx", "add-ons.csv", "add-ons.xlsx", "badges.csv", "badges.xlsx" -> {
                // These files are always complete.
            }
            case "needs.csv", "needs.xlsx" -> {
                name = file.replace("needs", "attendees");
                put(query, "needs", "true");
                put(query, "reason", new NeedsRequest("true", text("reason")).why());
            }
            case "money.csv", "money.xlsx" -> put(query, "day", required("day"));
            case "ledger.csv", "ledger.xlsx" -> {
                put(query, "from", day("ledgerFrom"));
                put(query, "to", day("ledgerTo"));
            }
            default -> throw Problem.notFound();
        }
        String asked = query.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + UriUtils.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return "/api/admin/conferences/" + slug + "/" + name + (asked.isEmpty() ? "" : "?" + asked);
    }

    private static void check(Map<String, String> query) {
        RegistrationFilter.of(Choices.of(query), new PageRequest(null, null, null));
    }

    private String text(String name) {
        return typed.getOrDefault(name, "");
    }

    private static void put(Map<String, String> query, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            query.put(name, value);
        }
    }

    /** Returns the start of the typed day, plus a number of days; {@code null} if no day was typed. */
    private @Nullable String beginOf(String name, ZoneId zone, int later) {
        @Nullable String day = day(name);
        return day == null
                ? null
                : LocalDate.parse(day)
                        .plusDays(later)
                        .atStartOfDay(zone)
                        .toInstant()
                        .toString();
    }

    private String required(String name) {
        @Nullable String day = day(name);
        if (day == null) {
            throw Problem.invalid(name, "required", "is required");
        }
        return day;
    }

    private @Nullable String day(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            return null;
        }
        try {
            LocalDate day = LocalDate.parse(text);
            if (text.equals(day.toString()) && text.length() == "2026-05-18".length()) {
                return text;
            }
        } catch (DateTimeException e) {
            // Fall through to the refusal below.
        }
        throw Problem.invalid(name, "not-a-date", "must be a date such as 2026-05-18");
    }
}
