package org.openingminute.registration.ops;

import java.util.Set;
import org.openingminute.messaging.operations.PayloadMask;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The fields of parked messages that operators may see. */
@Configuration(proxyBeanMethods = false)
class OperatorConfiguration {

    /**
     * Lists the visible fields of payment and mail events, and of messages that these cause. Reasons and references are masked, because
     * they may name a person.
     */
    @Bean
    PayloadMask payloadMask() {
        return new PayloadMask(Set.of(
                "amount",
                "answered",
                "asOf",
                "at",
                "attendee",
                "businessTime",
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
