package org.openingminute.registration.registrations;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.registration.lifecycle.Registration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Streams the changes of a registration as server-sent events. Each event has the registration's revision as its id, so
 * that a reconnecting browser gets only newer ones. A link that is taken back ends its streams. A virtual thread for each listener polls
 * twice a second.
 */
@RestController
class StreamController {

    private static final Logger log = LoggerFactory.getLogger(StreamController.class);
    private static final Duration LONGEST = Duration.ofMinutes(30);
    private static final Duration POLL_EVERY = Duration.ofMillis(500);
    private static final int POLLS_PER_COMMENT = 30;

    private final Registrations registrations;
    private final RegistrationRepository repository;

    StreamController(Registrations registrations, RegistrationRepository repository) {
        this.registrations = registrations;
        this.repository = repository;
    }

    @GetMapping(path = "/api/registrations/{id}/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter stream(
            @PathVariable UUID id,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            HttpServletRequest request) {
        Caller caller = registrations.forContact(request, id).caller();
        SseEmitter emitter = new SseEmitter(LONGEST.toMillis());
        Thread watcher = Thread.ofVirtual()
                .name("stream-" + id)
                .unstarted(() -> watch(emitter, id, caller, revision(lastEventId)));
        emitter.onTimeout(watcher::interrupt);
        emitter.onError(error -> watcher.interrupt());
        emitter.onCompletion(watcher::interrupt);
        watcher.start();
        return emitter;
    }

    private void watch(SseEmitter emitter, UUID id, Caller caller, long sentRevision) {
        long sent = sentRevision;
        int quiet = 0;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Optional<Long> revision = repository.revisionOf(id);
                if (revision.isPresent() && revision.get() != sent) {
                    Registration now = registrations.require(id);
                    if (!Registrations.isStillOpen(now, caller)) {
                        emitter.complete();
                        return;
                    }
                    emitter.send(SseEmitter.event()
                            .id(Long.toString(now.revision()))
                            .name("status")
                            .data(
                                    registrations.represent(new Registrations.Opened(now, caller)),
                                    MediaType.APPLICATION_JSON));
                    sent = now.revision();
                    quiet = 0;
                } else if (++quiet % POLLS_PER_COMMENT == 0) {
                    // Keeps proxies from ending a silent connection, and detects when the listener has disconnected.
                    emitter.send(SseEmitter.event().comment("still here"));
                }
                Thread.sleep(POLL_EVERY);
            }
        } catch (IOException | IllegalStateException e) {
            log.debug("A listener disconnected");
        } catch (DataAccessException e) {
            emitter.completeWithError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long revision(@Nullable String lastEventId) {
        try {
            return lastEventId == null ? -1 : Long.parseLong(lastEventId);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
