package org.openingminute.payment.ops;

import java.util.Set;
import org.openingminute.messaging.operations.PayloadMask;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The fields of parked messages that operators may see. */
@Configuration(proxyBeanMethods = false)
class OperatorConfiguration {

    /**
     * Lists the visible fields of payment commands and events. Reasons, references and buyers are masked, because they may name a person.
     */
    @Bean
    PayloadMask payloadMask() {
        return new PayloadMask(Set.of(
                "amount",
                "answered",
                "at",
                "attendee",
                "businessTime",
                "byTransfer",
                "conference",
                "contactGeneration",
                "currency",
                "holdExpiresAt",
                "id",
                "issuedAt",
                "method",
                "number",
                "payable",
                "payableSeconds",
                "quantity",
                "receivedAt",
                "refund",
                "registration",
                "revision",
                "state",
                "status"));
    }
}
