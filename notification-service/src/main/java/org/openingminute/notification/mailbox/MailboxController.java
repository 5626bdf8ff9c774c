package org.openingminute.notification.mailbox;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.mailbox.MailTrap.TrappedMail;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** The API of a rehearsal's mailbox. */
@RestController
@ConditionalOnRehearsal
@RequestMapping("/mailbox/messages")
class MailboxController {

    private final MailTrap trap;
    private final JsonMapper json;

    MailboxController(MailTrap trap, JsonMapper json) {
        this.trap = trap;
        this.json = json;
    }

    @Operation(
            summary = "Lists the mails that arrived, oldest first",
            responses =
                    @ApiResponse(
                            responseCode = "200",
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            array =
                                                    @ArraySchema(
                                                            schema = @Schema(implementation = TrappedMail.class)))))
    @GetMapping
    void list(@RequestParam(required = false) @Nullable String to, HttpServletResponse response) throws IOException {
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        OutputStream body = response.getOutputStream();
        // Written by hand: a JSON writer that is closed after an exception would turn the partial array into a complete
        // one.
        body.write('[');
        AtomicBoolean first = new AtomicBoolean(true);
        trap.forEach(to == null || to.isBlank() ? null : to, mail -> {
            if (!first.getAndSet(false)) {
                body.write(',');
            }
            body.write(json.writeValueAsBytes(mail));
        });
        body.write(']');
    }

    @Operation(summary = "Empties the mailbox")
    @DeleteMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    List<TrappedMail> empty() {
        trap.empty();
        return List.of();
    }
}
