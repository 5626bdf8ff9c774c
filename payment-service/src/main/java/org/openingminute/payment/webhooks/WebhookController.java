package org.openingminute.payment.webhooks;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Optional;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.ProviderException.MessageRefused;
import org.openingminute.payment.provider.Providers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Payments")
final class WebhookController {

    private static final Logger log = LoggerFactory.getLogger(WebhookController.class);
    private static final String STORED = "stored";
    private static final String REPEATED = "repeated";
    private static final String REFUSED = "refused";
    private static final int LONGEST = 512 * 1024;

    private final Providers providers;
    private final WebhookRepository messages;
    private final WebhookApplication application;
    private final MeterRegistry meters;

    WebhookController(
            Providers providers, WebhookRepository messages, WebhookApplication application, MeterRegistry meters) {
        this.providers = providers;
        this.messages = messages;
        this.application = application;
        this.meters = meters;
        // Registered at start, because an alert on an increase misses the first count if there was no 0 before it.
        providers
                .cards()
                .forEach(card -> List.of(STORED, REPEATED, REFUSED).forEach(outcome -> counter(card.name(), outcome)));
    }

    private Counter counter(String provider, String outcome) {
        return meters.counter("payment.webhooks", "provider", provider, "outcome", outcome);
    }

    @PostMapping("/api/payments/webhooks/{provider}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "For the provider only: answered once the event is on disk, applied afterwards")
    void receive(
            @PathVariable String provider,
            @RequestHeader HttpHeaders headers,
            @RequestBody(required = false) byte[] body) {
        CardProvider sender = providers
                .card(provider)
                .orElseThrow(() -> new Problem(CommonProblem.NOT_FOUND, "There is no such provider."));
        if (body == null || body.length == 0) {
            throw new Problem(CommonProblem.MALFORMED, "There is no body.");
        }
        if (body.length > LONGEST) {
            throw new Problem(CommonProblem.TOO_LARGE, "The body is too large.");
        }
        try {
            String id = sender.receive(headers.getFirst(sender.signatureHeader()), body);
            Optional<WebhookRepository.Waiting> stored = messages.store(provider, id, body);
            counter(provider, stored.isPresent() ? STORED : REPEATED).increment();
            stored.ifPresent(application::handOver);
        } catch (MessageRefused e) {
            counter(provider, REFUSED).increment();
            // At debug level only, because anybody can send any number of these.
            log.debug("Refused a webhook in the name of {}: {}", provider, e.getMessage());
            throw new Problem(CommonProblem.MALFORMED, "Refused: " + e.getMessage() + ".");
        }
    }
}
