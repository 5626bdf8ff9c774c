package org.openingminute.registration.transfers;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.kit.web.QueryValues;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.transfers.TransferMatcher.Match;
import org.openingminute.registration.transfers.TransferMatcher.Matched;
import org.openingminute.registration.transfers.TransferMatcher.TransferCandidate;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Proposes registrations that match the lines of a bank statement, for organisers and finance. */
@RestController
@Tag(name = "Desk")
@RequestMapping("/api/admin/conferences/{slug}")
class TransferController {

    private static final int MOST_LINES = 500;

    private final TransferSearch search;
    private final Conferences conferences;
    private final CallerResolver callers;

    TransferController(TransferSearch search, Conferences conferences, CallerResolver callers) {
        this.search = search;
        this.conferences = conferences;
        this.callers = callers;
    }

    /** Lines of a bank statement; at most 500. */
    @Schema(name = "BankLines")
    record LinesWanted(@Nullable List<@Nullable LineWanted> lines) {}

    /**
     * A line of a bank statement, with a text, a reference or both.
     *
     * @param text the bank's text
     * @param reference the bank's reference
     * @param receivedAt an instant
     */
    @Schema(name = "BankLine")
    record LineWanted(
            @Nullable String text,
            @Nullable String reference,
            @Nullable Money amount,
            @Nullable String receivedAt) {}

    /**
     * The candidates for a line.
     *
     * @param line the line's index, from 0
     * @param match how well the first candidate matches
     */
    record MatchedLine(int line, Match match, List<TransferCandidate> candidates) {}

    record MatchedLines(List<MatchedLine> items) {}

    @Operation(
            summary = "Finds the registrations that bank transfers may be for; marks nothing",
            description =
                    "By the references that stand in a line, with O for 0, I or L for 1, spaces or no hyphen; else by amount and name. known:"
                            + " it is marked already. over: more than is due, of which nothing may be left.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = LinesWanted.class))))
    @PostMapping(path = "/transfers", consumes = MediaType.APPLICATION_JSON_VALUE)
    MatchedLines match(
            @PathVariable String slug,
            @org.springframework.web.bind.annotation.RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonBody.Body<LinesWanted> read = JsonBody.read(JsonBody.object(body), LinesWanted.class);
        callers.staff(request, Permission.KEEP_ACCOUNTS, slug);
        List<BankTransfer> transfers = transfers(read);
        List<Matched> matched = search.match(conferences.require(slug), transfers);
        List<MatchedLine> items = new ArrayList<>();
        for (Matched one : matched) {
            items.add(new MatchedLine(items.size(), one.match(), one.candidates()));
        }
        return new MatchedLines(items);
    }

    private static List<BankTransfer> transfers(JsonBody.Body<LinesWanted> read) {
        List<FieldError> errors = new ArrayList<>(read.errors());
        @Nullable List<@Nullable LineWanted> lines = read.value().lines();
        if (lines == null && errors.isEmpty()) {
            errors.add(FieldError.of("lines", "required", "is required"));
        } else if (lines != null && lines.size() > MOST_LINES) {
            errors.add(FieldError.of("lines", "too-many", "must be at most {}", MOST_LINES));
        }
        List<BankTransfer> transfers = new ArrayList<>();
        if (errors.isEmpty() && lines != null) {
            for (LineWanted line : lines) {
                transfers.add(transfer("lines[" + transfers.size() + "]", line, errors));
            }
        }
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
        return transfers;
    }

    private static BankTransfer transfer(String place, @Nullable LineWanted line, List<FieldError> errors) {
        if (line == null) {
            errors.add(FieldError.of(place, "required", "is required"));
            return new BankTransfer(null, null, null, null);
        }
        @Nullable String text = text(place + ".text", line.text(), errors);
        @Nullable String reference = text(place + ".reference", line.reference(), errors);
        if (text == null && reference == null) {
            errors.add(FieldError.of(place + ".text", "required", "is required, or a reference"));
        }
        return new BankTransfer(
                text, reference, line.amount(), instant(place + ".receivedAt", line.receivedAt(), errors));
    }

    /** Returns {@code null} if the text is absent or invalid. */
    private static @Nullable String text(String field, @Nullable String text, List<FieldError> errors) {
        if (text == null || text.isBlank()) {
            return null;
        }
        if (text.length() > BankTransfer.LONGEST) {
            errors.add(FieldError.of(field, "too-long", "must be at most {} characters", BankTransfer.LONGEST));
        } else if (JsonFields.unwritable(text, true)) {
            errors.add(FieldError.of(field, "control-characters", "has control characters"));
        }
        return text;
    }

    private static @Nullable Instant instant(String field, @Nullable String text, List<FieldError> errors) {
        try {
            return text == null
                    ? null
                    : QueryValues.inRange(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            errors.add(FieldError.of(field, "not-an-instant", "must be an instant such as 2026-02-02T09:00:00Z"));
            return null;
        }
    }
}
