package org.openingminute.registration.desk;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.desk.DeskRegistrations.Found;
import org.openingminute.registration.desk.DeskRegistrations.RegistrationItem;
import org.openingminute.registration.desk.RegistrationFilter.Choices;
import org.openingminute.registration.desk.RegistrationFilter.PageWanted;
import org.openingminute.registration.desk.RegistrationFilter.Span;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The lists of the desk, for organisers and finance. */
@RestController
@Tag(name = "Desk")
@RequestMapping("/api/admin/conferences/{slug}")
class DeskController {

    private final DeskRegistrations registrations;
    private final IndexAge age;
    private final Conferences conferences;
    private final CallerResolver callers;

    DeskController(DeskRegistrations registrations, IndexAge age, Conferences conferences, CallerResolver callers) {
        this.registrations = registrations;
        this.age = age;
        this.conferences = conferences;
        this.callers = callers;
    }

    /**
     * A part of the list of registrations.
     *
     * @param next the {@code after} of the next part; {@code null} at the end
     * @param asOf business time up to which every change counts in search and filters; {@code null} while that is not known. What a
     *     row shows is not older than this answer
     */
    record RegistrationList(
            List<RegistrationItem> items,
            @Nullable String next,
            @Nullable Instant asOf) {}

    @Operation(
            summary = "Registrations of a conference, found by what each word of q begins, and by filters",
            description =
                    "A whole reference or id in q finds that registration as it is now, whatever the filters. Filters take several"
                            + " values, separated by commas.")
    @GetMapping("/registrations")
    RegistrationList registrations(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String q,
            @RequestParam(required = false) @Nullable String status,
            @RequestParam(required = false) @Nullable String category,
            @RequestParam(required = false) @Nullable String phase,
            @RequestParam(required = false) @Nullable String method,
            @RequestParam(required = false) @Nullable String payment,
            @RequestParam(required = false) @Nullable String voucher,
            @RequestParam(required = false) @Nullable String need,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String sort,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String after,
            HttpServletRequest request) {
        callers.staff(request, Permission.KEEP_ACCOUNTS, slug);
        conferences.require(slug);
        RegistrationFilter filter = RegistrationFilter.of(
                q,
                new Choices(status, category, phase, method, payment, voucher, need),
                new Span(from, to),
                new PageWanted(sort, limit, after));
        @Nullable Instant asOf = age.asOf().orElse(null);
        Found found = registrations.list(slug, filter);
        return new RegistrationList(
                found.items(), found.next() == null ? null : found.next().encoded(), asOf);
    }
}
