package org.openingminute.registration.proofs;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.web.QueryValues;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.proofs.WaitingProofs.Place;
import org.openingminute.registration.proofs.WaitingProofs.WaitingProof;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Lists the proofs that are waiting for a review. */
@RestController
@Tag(name = "Proofs")
@RequestMapping("/api/admin/conferences/{slug}")
class WaitingProofController {

    private final WaitingProofs waiting;
    private final Conferences conferences;
    private final CallerResolver callers;

    WaitingProofController(WaitingProofs waiting, Conferences conferences, CallerResolver callers) {
        this.waiting = waiting;
        this.conferences = conferences;
        this.callers = callers;
    }

    /** @param next the {@code after} parameter of the next page; {@code null} on the last page */
    record WaitingProofPage(
            List<WaitingProof> items, @Nullable String next) {}

    @Operation(summary = "Proofs that wait for a review, the earliest deadline first")
    @GetMapping("/proofs")
    WaitingProofPage list(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String after,
            HttpServletRequest request) {
        callers.staff(request, Permission.ORGANISE, slug);
        conferences.require(slug);
        int most = QueryValues.limit(limit);
        List<WaitingProof> found =
                waiting.list(slug, after == null || after.isEmpty() ? Place.FIRST : Place.read(after), most + 1);
        boolean more = found.size() > most;
        List<WaitingProof> items = more ? found.subList(0, most) : found;
        return new WaitingProofPage(items, more ? items.getLast().place().encoded() : null);
    }
}
