package org.openingminute.notification;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.openingminute.kit.testing.FaultRules;
import org.openingminute.kit.testing.StructureRules;

/** Proves the rules on dependencies between packages, by ArchUnit on the compiled classes. */
@AnalyzeClasses(packages = "org.openingminute.notification", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule no_log_quotes_an_exception = FaultRules.except("MailServer", "SmtpReply");

    @ArchTest
    static final ArchRule service_keeps_the_structure_of_every_module =
            StructureRules.of("org.openingminute.notification");

    @ArchTest
    static final ArchRule only_messaging_sends_to_kafka = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.springframework.kafka.core.KafkaTemplate");

    @ArchTest
    static final ArchRule rules_and_texts_use_no_database = noClasses()
            .that()
            .haveSimpleName("DueMails")
            .or()
            .haveSimpleName("DelayPolicy")
            .or()
            .haveSimpleName("MailPlan")
            .or()
            .resideInAPackage("..composition..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.jdbc..", "java.sql..");

    @ArchTest
    static final ArchRule smtp_uses_neither_the_queue_nor_the_database = noClasses()
            .that()
            .resideInAPackage("..smtp..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "..projection..", "..due..", "..delivery..", "org.springframework.jdbc..", "java.sql..");

    @ArchTest
    static final ArchRule mailbox_uses_nothing_but_what_arrived = noClasses()
            .that()
            .resideInAPackage("..mailbox..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "..projection..",
                    "..due..",
                    "..delivery..",
                    "..smtp..",
                    "..composition..",
                    "org.springframework.jdbc..");
}
