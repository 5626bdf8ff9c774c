package org.openingminute.notification.maillog;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.notification.maillog.MailView.MailWithBodies;
import org.openingminute.notification.ops.BusinessOffsets;
import org.openingminute.notification.ops.BusinessOffsets.OffsetHistory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Shows organisers every due mail with its outcome, and resends mails. */
@RestController
@RequestMapping("/api/admin/mails")
class AdminMailsController {

    private final CallerResolver callers;
    private final MailLogRepository mails;
    private final Resends copies;
    private final MailDesk desk;
    private final BusinessOffsets offsets;

    AdminMailsController(
            CallerResolver callers, MailLogRepository mails, Resends copies, MailDesk desk, BusinessOffsets offsets) {
        this.callers = callers;
        this.mails = mails;
        this.copies = copies;
        this.desk = desk;
        this.offsets = offsets;
    }

    @Operation(summary = "Lists mails, newest first, with their times in business time")
    @GetMapping
    MailPage list(
            @RequestParam(required = false) @Nullable String registration,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String after,
            HttpServletRequest request) {
        Caller.Staff organiser = callers.staff(request, Permission.ORGANISE);
        MailFilter filter = MailFilter.of(registration, to, state, limit, after);
        List<MailView> found = mails.list(filter, organiser.scopes().orElse(null));
        @Nullable UUID ofOne = filter.registration();
        if (ofOne != null && !found.isEmpty()) {
            mails.noteOpened(organiser.person(), mails.conferenceOf(found.getFirst()), ofOne);
        }
        boolean more = found.size() > filter.limit();
        List<MailView> items = more ? found.subList(0, filter.limit()) : found;
        OffsetHistory history = offsets.history();
        return new MailPage(
                items.stream().map(mail -> mail.inBusinessTime(history)).toList(),
                more ? items.getLast().id().toString() : null);
    }

    @Operation(summary = "One mail as it was sent, without its access token")
    @GetMapping("/{id}")
    MailWithBodies read(@PathVariable String id, HttpServletRequest request) {
        Caller.Staff organiser = organiser(request, Ids.read(id));
        MailWithBodies mail =
                Ids.read(id).flatMap(mails::find).map(desk::withBodies).orElseThrow(AdminMailsController::unknown);
        mails.noteOpened(organiser.person(), mail.mail());
        return new MailWithBodies(mail.mail().inBusinessTime(offsets.history()), mail.text(), mail.html());
    }

    @Operation(summary = "Sends a mail again, composed from the present state")
    @PostMapping("/{id}/resend")
    MailView resend(
            @PathVariable String id,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
            HttpServletRequest request) {
        @Nullable String key = IdempotencyKey.optional(idempotencyKey).orElse(null);
        Caller.Staff organiser = organiser(request, Ids.read(id));
        UUID mail = Ids.read(id).orElseThrow(AdminMailsController::unknown);
        return desk.resend(mail, organiser.person(), null, key);
    }

    @Operation(
            summary = "Sends again, once each, the mails that failed or bounced in a span of business time",
            requestBody =
                    @RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = MailSelection.ResendRequest.class))))
    @PostMapping(path = "/resend", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    Resends.ResentMails resendAll(
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
            HttpServletRequest request)
            throws IOException {
        JsonBody.Body<MailSelection.ResendRequest> body =
                JsonBody.read(JsonBody.object(request), MailSelection.ResendRequest.class);
        @Nullable String key = IdempotencyKey.optional(idempotencyKey).orElse(null);
        Caller.Staff organiser = callers.staff(request, Permission.ORGANISE);
        MailSelection asked = MailSelection.of(body);
        return copies.orderAll(
                new Resends.ManyOrder(
                        asked.byMachine(offsets.history()),
                        asked,
                        organiser.scopes().orElse(null),
                        organiser.person(),
                        null),
                key);
    }

    /**
     * Requires an organiser of the mail's conference, or of all conferences if the mail belongs to none. An unknown mail passes here and is
     * refused later.
     */
    private Caller.Staff organiser(HttpServletRequest request, Optional<UUID> mail) {
        Caller.Staff organiser = callers.staff(request, Permission.ORGANISE);
        return organiser.scopes().isEmpty()
                ? organiser
                : mail.flatMap(mails::conference)
                        .map(conference -> conference.isEmpty() ? organiser.everywhere() : organiser.in(conference))
                        .orElse(organiser);
    }

    private static Problem unknown() {
        return new Problem(CommonProblem.NOT_FOUND, "There is no such mail.");
    }

    /**
     * A page of the list, newest first.
     *
     * @param next the {@code after} of the next page; {@code null} at the end
     */
    @Schema(name = "MailPage")
    record MailPage(List<MailView> items, @Nullable String next) {}
}
