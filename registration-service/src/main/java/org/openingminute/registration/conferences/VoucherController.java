package org.openingminute.registration.conferences;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.QueryValues;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.admission.Replies;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.decision.VoucherDecision.VoucherEntry;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.sale.Voucher;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Lets organisers read and change single vouchers; each is an entry of its conference's definition. */
@RestController
@RequestMapping("/api/admin/conferences/{slug}/vouchers")
class VoucherController {

    private final Admissions admissions;
    private final Conferences conferences;
    private final AllocationRepository allocations;
    private final CallerResolver callers;

    VoucherController(
            Admissions admissions, Conferences conferences, AllocationRepository allocations, CallerResolver callers) {
        this.admissions = admissions;
        this.conferences = conferences;
        this.allocations = allocations;
        this.callers = callers;
    }

    /** A page of a list. */
    record VoucherPage(List<JsonNode> items, @Nullable String next) {}

    /** Lists vouchers sorted by code, ignoring case. */
    @GetMapping
    VoucherPage list(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String after,
            HttpServletRequest request) {
        callers.staff(request, Permission.ORGANISE, slug);
        Conference conference = conferences.requireCurrent(slug);
        int most = QueryValues.limit(limit);
        Map<QuotaKey, Integer> used = allocations.sums(slug);
        @Nullable String last = after == null ? null : Voucher.plain(after);
        List<VoucherEntry> page = VoucherEntry.all(conference).stream()
                .filter(entry -> last == null || plain(entry).compareTo(last) > 0)
                .sorted(Comparator.comparing(VoucherController::plain))
                .limit(most + 1L)
                .toList();
        boolean more = page.size() > most;
        List<VoucherEntry> shown = more ? page.subList(0, most) : page;
        return new VoucherPage(
                shown.stream()
                        .map(entry -> entry.shown(used.getOrDefault(entry.key(), 0)))
                        .toList(),
                more ? shown.getLast().voucher().code() : null);
    }

    private static String plain(VoucherEntry entry) {
        return Voucher.plain(entry.voucher().code());
    }

    @GetMapping("/{code}")
    ResponseEntity<JsonNode> voucher(@PathVariable String slug, @PathVariable String code, HttpServletRequest request) {
        callers.staff(request, Permission.ORGANISE, slug);
        Conference conference = conferences.requireCurrent(slug);
        VoucherEntry entry = VoucherEntry.find(conference, code).orElseThrow(Problem::notFound);
        int used = allocations.sums(slug).getOrDefault(entry.key(), 0);
        return answer(200, conference.revision(), entry.shown(used));
    }

    @PutMapping(path = "/{code}", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<JsonNode> set(
            @PathVariable String slug,
            @PathVariable String code,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonNode voucher = JsonBody.object(body);
        IdempotencyKey scopedKey = admissions.key("set-voucher:" + slug + ":" + Voucher.plain(code), key);
        Caller.Staff organiser = callers.staff(request, Permission.ORGANISE, slug);
        conferences.requireCurrent(slug);
        return answer(admissions.executeForReply(new Command.SetVoucher(
                slug,
                scopedKey,
                RequestHash.of(voucher),
                code,
                voucher,
                RevisionTag.revision(ifMatch),
                organiser.person())));
    }

    @DeleteMapping("/{code}")
    ResponseEntity<JsonNode> remove(
            @PathVariable String slug,
            @PathVariable String code,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            HttpServletRequest request) {
        IdempotencyKey scopedKey = admissions.key("remove-voucher:" + slug + ":" + Voucher.plain(code), key);
        Caller.Staff organiser = callers.staff(request, Permission.ORGANISE, slug);
        conferences.requireCurrent(slug);
        return answer(admissions.executeForReply(new Command.RemoveVoucher(
                slug,
                scopedKey,
                RequestHash.of(JsonNodeFactory.instance.objectNode()),
                code,
                RevisionTag.revision(ifMatch),
                organiser.person())));
    }

    private static ResponseEntity<JsonNode> answer(Result.Done done) {
        JsonNode changed = Documents.tree(done.body());
        return answer(Replies.status(done.how()), changed.get("revision").asLong(), changed.get("voucher"));
    }

    private static ResponseEntity<JsonNode> answer(int status, long revision, JsonNode voucher) {
        return ResponseEntity.status(status)
                .eTag(RevisionTag.of(revision, voucher.get("used").asLong()))
                .body(voucher);
    }
}
