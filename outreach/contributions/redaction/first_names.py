"""First names that are common in French cities, wherever people come from, without case and accents."""

from outreach.contributions.redaction.reading import folded_words

FIRST_NAMES = folded_words(
    """
    aaron abdallah abdel abdelaziz abdelhak abdelkader abdelkrim abdellah abdelmalek abderrahim abderrahmane abdou abdoul abdoulaye
    abdoullah abdul abdulrahman abebe abel aboubacar abraham achille achraf adam adama adel adele adeline adem adil adja adjoua adrian
    adriana adriano adrien adrienne afonso agathe agnes agostinho ahcene ahlam ahmad ahmadreza ahmed aicha aichatou aida aime aimee
    aissa aissatou akim akissi akouavi akram alain alan alassane alba alban albane albert alberte alberto alejandro aleksander
    aleksandr aleksandra alessandra alessandro alex alexandra alexandre alexandrine alexandru alexane alexei alexia alexis alfonso
    alfred alfredo ali alia alice alicia alima alina aline aliou alioune alison alix alizee alma alphonse alvaro aly alyona amadou
    amandine amani amar amara amaury ambre amel amelia amelie amin amina aminata amine amir amira ammar amna amy ana anae anael
    anaelle anais ananya anass anastasia anatole anatoli andre andrea andree andrei andreia andrej andres andrew andrii andriy andrzej
    andy anes ange angele angelina angeline angelique anh anhelina ania anil anis anissa anita anjali anna annabelle annaig anne
    annette annick annie anouar anouk anthony antoine antoinette anton antonia antonin antonio antony anwar apolline arash ardalan
    arezki arij arlette armand armande armando armel armelle arnaud arsene artem arthur artur arturo arun ashley ashraf asma assa
    assane assia assma assya astrid atika aubin aude audrey augusta auguste augustin aurelie aurelien aurore awa axel axelle aya ayden
    ayla ayman aymane aymen ayoub ayse aysel azadeh aziz aziza azzedine babak bachir badr badra bahar bakari bakary bao baptiste
    barbara baris barnabe barry barthelemy basile bastian bastien baudouin baya beatrice beatriz behzad ben benedicte benjamin benoit
    benoite berangere berengere berenice berhane bernadette bernard bernardin berthe bertrand bettina bilal bilel binta bintou blaise
    blanche blandine bob bogdan bohdan boris boryslav boubacar boubakar bozena brahim brahima brandon brenda brendan briac brian brice
    briec brigitte bruce bruna bruno bryan burak calvin camille canan candice capucine carine carl carla carlos carmen carole
    carole-anne carolina caroline cassandra cassandre catarina catherine cathy cecile cecilia cedric celeste celestin celia celian
    celine cem cemil chadi chafia chahinez chaima chakib chantal charifa charlene charles charlie charline charlotte charly chau
    cheick cheikh chen cherif cherifa cheryl chiara chimene chinedu chloe chris christel christelle christian christiane christine
    christophe cindy claire clara clarisse claude claudette claudia claudie claudine claudio claudiu claudius clemence clement
    clementine cleo clotilde clovis cody colette colin coline come conceicao connor constant constantin consuelo corentin corina
    corine corinne cosette cosmin costel coumba craig cristian cristiano cristina cuong cyndie cyprien cyril cyrille dalila damien dan
    dana daniel daniela daniele danielle danny danuta daouda daphne dara daria darius dariusz darya david davide davy debbie deborah
    deepak delphine demba denez denis denise deniz derek desire desiree desta diaby diallo diana diane diarra didier diego dieudonne
    dilara dimitri dimitry dina dinesh diogo djamel djamila djeneba djibril dmitri dmytro doina dolores domingo dominique donald
    donatien donia donna dorian doriane dorine doris dorota dorothee doudou doug douglas dragan driss duarte dung dustin dylan ebru
    ece eddy eden edgar edith edmond edmonde edouard eduardo edward edwige edyta ekaterina elea elena eleonore elhadj eliane elias
    elie eliette elif eline eliott elisa elisabete elisabeth elise elizabeth ella ellen ellie elodie eloise elsa elvire elyas elyes
    elyne elzbieta emeka emeline emil emile emilia emilie emilien emilienne emilio emily emine emir emma emmanuel emmanuelle emrah
    emre engin enora enrique enzo ercan erdal eric erica erik erin erkan ernest ernesto erwan erwann esperanza esra esteban estelle
    esther ethan etienne eugen eugene eugenie eugenio eva evan eve evelyne ewa ewen eylul eyob fabien fabienne fabio fabiola fabrice
    fadel fadela fadi fadia fadila fahd faiza fang fanny fanta farah fares farhad farid farida farzaneh fatih fatiha fatim fatima
    fatimata fatma fatna fatos fatou fatoumata faty faustine faycal federica federico felicie felipe felix ferdinand fereshteh ferhat
    fernand fernanda fernande fernando fidele filipa filipe filmon filomena fiona firmin flavie flavien flora florence florent
    florentin florentine florian floriane florin florine fode fouad foued fousseni fouzia francesca francesco francine francis
    francisco francisque franck franco francois francoise frank frankie fred freddy frederic frederique furkan gabin gabriel gabriela
    gabrielle gael gaelle gaetan gaetane gaetano gaid galina ganesh gareth gary gaspard gaston gautier gavin gedeon genevieve geoffrey
    geoffroy george georges georgette georgi gerald geraldine gerard germain germaine gersende ghania gheorghe ghislain ghislaine
    ghulam ghyslaine giacomo gianni gift gilbert gilberte gildas gilles gina ginette giovanni gisele giselle gita giulia giuseppe
    gladys godefroy gokhan golnaz goncalo gonzalo gordon goulven graca grace graham greg gregoire gregory grzegorz guilhem guilherme
    guillaume guillemette gul gulay guler gulsum gurvan gustave gustavo guy guylaine gwenael gwenaelle gwendoline gwenn habib habiba
    habibatou hadja hadjer hadrien hafid hafida hafsa hai haim hajar hakan hakim hakima halil halim halima halimatou halyna hamadi
    hamed hamid hamida hamidou hamza hana hanae hanane hanh hani hania hanna hannah hao harold haroun harry hasan hasna hassan hassane
    hassiba hassina hatem hatice hayat haykel hayriye heather hector hedi helen helena helene heloise henri henriette henrique henry
    herbert hermance herve hicham hind hippolyte hoa hocine hodan holly hong honore honorine hortense hossein houcine houda houria
    howard hryhorii hubert hugo hugues huguette hui hulya hung huong huseyin hussein ian ibrahim ibrahima ibtissem idir idriss idrissa
    ielena ifrah ignacio igor ihor ikram ilan ilham iliana ilie ilies ilker ilona ilya ilyas ilyes imad imane imen imran inaya ines
    inna innocent insaf ioana ion ionela ionut irena irene irenee irina iris irma iryna isaac isabel isabella isabelle isaline isidore
    ismael ismail issa issam issiaka ivan ivana ivanka ivo jacek jack jackie jacky jacob jacqueline jacques jade jafar jaime jake
    jalal jalila jamal jamel james jamie jamila jan jane janet janine janusz jarosław jasmine jason javad javier jawad jean jean-bosco
    jean-luc jean-marc jeanne jeannette jeannine jeff jeffrey jelena jennifer jenny jeremie jeremy jerome jerry jerzy jessica jessy
    jesus jian jihane jill jim jimmy jing joachim joan joana joanna joao joaquim joaquin jocelyn jocelyne joe joel joelle johan johann
    johanna johanne john johnny jonas jonathan jordan jorge joris jose josep joseph josephe josephine josette joshua josiane josselin
    jovan joyce jozef juan juana judith judy jules julia julian juliana juliane julie julien julienne juliette julija jun justin
    justine kader kadiatou kadidia kadir kais kamal kamanzi kamel kamelia kamil kamila kaourintine karelle karen karim karima karine
    karl karol karwan kasia katarina katarzyna kate katell kateryna katherine kathleen katia katya kavita keith kelly kelvin kemal ken
    kenneth kenza kenzo kerem ketty kevin khadidja khadija khaled khalid khalida khalil khanh kheira kheireddine khrystyna kilian
    killian killyan kilyan koffi kossi kostyantyn kouadio kouame kouassi krzysztof ksenia kubra kwame kyle kylian lacramioara laetitia
    lahcen laila lakhdar lakshmi lamia lamine lan lana landry lara larbi larisa larry larysa lassana laszlo latifa laura laure
    laureline lauren laurence laurene laurent laurette laurie laurine layla lea leana leandre leandro leane lei leila lena lenny leo
    leon leonard leonardo leonce leonie leonor leontine leopold leslie lesya lewis leyla lia liam lidia lies lila lili lilia lilian
    liliane lilly lilou lily lin lina linda line ling linh lino lionel lisa lise lisette liv livia livio liviu liz loan loane loeiza
    lofti logan loic loick loig lois lola long lorena lorenzo loris lorris lotfi lou louane louanne loubna louis louisa louise
    louisette louiza louka lounes loup lourdes luc luca lucas luce lucette lucia luciana luciano lucie lucien lucienne lucile lucille
    lucinda lucrece lucy ludivine ludmila ludmilla ludovic luigi luis luisa luiz luke lya lydia lydie lyes lylou lyna lynn lysiane
    lyubov lyudmyla macha maciej madalena madeleine mael maelie maelle maelys maeva magali magalie magda magdalena maggie maguy maha
    mahdi mahmoud mai maimouna maissa maiwenn majid makan maksym malak malek malick malik malika mallaury malo mamadou mame mamoudou
    manoel manon mansour manuel manuela marc marceau marcel marcela marcelin marceline marcelle marcello marcelo marco marcos marek
    margaret margarida margaux margherita margot marguerite maria mariam mariama mariana marianne marie marie-claire marie-france
    marie-jo marielle mariem marija marilene marilou marilyne marin marina marine mario marion marisa marius mariusz mariya marjolaine
    marjorie mark marlene marta martha martial martin martine marwa marwan mary maryam maryana marylene maryline maryna maryse
    maryvonne mason masoud massinissa mateo mateus mateusz matheo mathias mathieu mathilde mathis mathurin mathys matt matteo mattheo
    matthew matthias matthieu matthis mattis maud maude maurane maurice maurine max maxence maxime maximilien maxine maya małgorzata
    meena megan megane mehdi mehmet mei melanie melek melike melina meline melissa melodie melusine mercedes meriam meriem merve
    merveille meryem messaoud metin mia michael michał michel michele micheline michelle mickael mickaelle miguel mihaela mihai mike
    mikhail mila milan milena milo milos miloud mina ming minh mireille mirela miroslav mohamad mohamed mohammad mohammed mohan mohsen
    moira moise mokhtar molly mona monia monika monique morgan morgane moriba morteza mouhamed mouna mounia mounir mourad moussa
    moustapha murat muriel murielle mustafa mustapha mya mykhailo mykola mykyta mylene myriam n'guessan nabil nabila nacer nacera
    nadege nadia nadine nadir nadira nadiya nadjet nael nahla naim naima nais najat najet najib najoua nam nancy naod naomi nariman
    nasser nassim nassima nassira natacha natalia nataliya natalya nathalie nathan nathanael navid nawal nawel nazanin nazar nazim
    neil nelly nesrine nestor ngoc nguyet nhung nicholas nick nicolae nicolas nicole nidal nihad nikita nikola nikolai nina nino ninon
    nisha nissrine nkechi noa noah noam noe noel noelie noelle noellie noemie nolan nolwen nolwenn noor nora norbert nordine nouh nour
    noura noureddine nouria nuno nuray nurcan oana oceane oceanne octave octavie odette odile oguz okan oksana oleg oleh oleksandr
    oleksandra oleksii oleksiy olena olesya olga olha olinda olive oliver olivia olivier olympe omar onur ophelie orane orhan oriane
    orlando orlane oscar osman ostap oswald othman ouarda ouassim ouiam oumaima oumar oumou oumy ousmane oussama owen ozgur ozlem
    pablo paloma pam pamela paola paolo parfait parisa parwana pascal pascale pascaline patience patrice patricia patrick paul paula
    paule paulette paulin pauline paulo paweł pedro peggy pelagie perrine peter petr petro philemon philibert philip philippe
    philippine phuong pierre pierrette pierrick pilar ping piotr polina pooja pradeep prince prisca priscilla priya prosper prune
    qiang quang quentin quoc rabah rabia rachel rachid rachida radia radouane radu rafael rafaela rafik rahul raja rajesh ralph
    ramadan ramata ramazan ramesh rami ramon ramzi rana randy rania raouf raoul raphael raphaelle raul ravi ray rayan rayane raymond
    raymonde rebecca recep reda redouane regine regis rekha remi remy renaud rene renee reza rhita riad riadh ricardo richard rick
    ridha rim rima rita riyad robbie robert roberta roberte roberto robin roch rodolphe rodrigo rodrigue roger rogerio rokia roland
    rolande romain roman romane romeo romuald romy ron ronald ronan rosa rosalie rosario rose roseline rosemonde rosie rosine roxane
    roy roya rozenn ruben rudy rui ruslan russell ruth ryan ryszard sabah sabine sabri sabria sabrina sacha sadek sadia safa safia
    safiatou said saida sajad sakina salah salem salia salif salim salima salimata saliou sally salma salome saloua salvador salvatore
    sam samantha samba sami samia samir samira samuel samy sana sandie sandra sandrine sandy sanjay sanjeev santiago sara sarah sarita
    sarra sasha scott sean sebastien sekou selam selim selin selma selvi semra senait serena serge sergei sergio serguei serhii serhiy
    serigne serkan sevda severin severine sevgi seydou shabnam shane shankar shannon shanti sharon sheila shirin shirley siavash sibel
    sidi sidonie siham sihem silvia simeon simon simona simone simonne sira skander slavko slimane smail sofia sofian sofiane sofien
    sofiia sohan soheila soizic soizig solange solene solenne soline solomiia songul sonia sophie soraya sorin souad soufiane souhila
    soukaina souleymane soumaya sourour stanislas stanislav steeve stefano stella stepan stephan stephane stephanie stephen sterenn
    steve steven stuart sue sukru suleyman sunil sunita suresh susan susana suzanne suzette suzie svetlana svitlana swann sylvain
    sylvaine sylvestre sylvette sylviane sylvie taha tahar talel tancrede tanguy tania tara taras tarek tariq tatiana tatjana tayeb
    ted tekle teresa terry tesfaye tessa tetiana tetyana thais thanh thao thea thelma theo theodore theophile theotime therese thi
    thibaud thibault thibaut thierry thomas thushara thuy tiago tidiane tifany tiffany tim timeo timothe timothee timothy tiphaine
    titouan todd tom tomas tomasz tommy tony toufik toussaint tracy trang tristan tsegaye tuan tugdual tuncay turan tuyet tyler
    typhaine ufuk ugo ulysse umit urbain urielle vadim vadym valentin valentina valentine valentyna valere valeria valerie valeriy
    valery vanessa vasco vasile vasyl veli vera verane veronika veronique vianney vicente vicky victoire victor victoria victorien
    victorine vijay vikram viktor viktoria viktoriya vincent vincente violaine violette virgile virginie vitaliy vitor viviane vivien
    vivienne vlad vladimir volodymyr vyacheslav wael wafa wahiba wahid walid walter wassila wassim wayne wei wendy wilfried william
    willy wojciech xavi xavier xia xiao ximena xin yacine yael yahia yahya yamina yan yana yang yanis yann yannick yannig yannis
    yaroslav yaroslava yasmina yasmine yasser yassin yassine yassir yavuz yaw yelyzaveta yevhen yildiz ying yoan yoann yohan yohann
    yohannes yolande yong youcef youna younes yousra youssef youssouf yu yulia yuliya yunus yuri yuriy yusuf yvan yves yvette yvon
    yvonne yvonnick zabihullah zach zacharie zahia zahir zahra zainab zaineb zakaria zakariya zakia zbigniew zehra zeina zeineb zeynep
    zhen ziad zied zineb zinedine zlata zoe zofia zohra zoubida zoubir zouhair zoulikha ольга
    """
)

WORDS_TOO = folded_words(
    """
    aime aimee ali ambre ange assa aurore axel aya ben blanche capucine carmen celeste charlie chen chris christian claire cleo
    constant dan dara deniz desire dina dolores dung eva fang felicie fidele florence franco gift gina grace gul hong honore innocent
    iris issa jack jade jean jordan lan lana lila lin line ling liv long lou loup lourdes luce mai marin marine mark martin max melek
    mercedes milan mina ming nam noel noor nour olive pam parfait pascal patience pierre ping prince prosper prune raja ray rick rim
    roman rosario rose salvador samba sana santiago sidi sue terry tim tom toussaint urbain vera victoire violette wei xin yang yildiz
    yu
    """
)
"""First names that are words, places or brands as well: in small letters they name nobody."""
