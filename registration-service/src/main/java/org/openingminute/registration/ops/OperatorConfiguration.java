package org.openingminute.registration.ops;

import java.util.Set;
import org.openingminute.messaging.operations.PayloadMask;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The fields of parked messages that operators may see. */
@Configuration(proxyBeanMethods = false)
class OperatorConfiguration {

    /**
     * The visible fields in events of payments and mails, and in messages published because of them. A reason and a
     * reference may name a person.
     */
    @Bean
    PayloadMask payloadMask() {
        return new PayloadMask(Set.of(
                "amount",
                "answered",
                "asOf",
                "at",
                "attendee",
                "category",
                "changedAt",
                "code",
                "conference",
                "contactGeneration",
                "createdAt",
                "currency",
                "generation",
                "holdExpiresAt",
                "id",
                "issuedAt",
                "kind",
                "method",
                "number",
                "oldestUnsentSeconds",
                "oldestUntriedSeconds",
                "payable",
                "payableSeconds",
                "paymentMethod",
                "phase",
                "proof",
                "quantity",
                "refund",
                "registration",
                "revision",
                "slug",
                "state",
                "status"));
    }
}
